#include "orchestrator/template/sources.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <fstream>

#include "orchestrator/template/utf8.hpp"

namespace testudo::template_ {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest_file = 1U << 20U;

Result<std::string> read_whole(const fs::path& path, std::uintmax_t limit) {
    std::error_code ec;
    if (!fs::is_regular_file(path, ec))
        return fail("file.missing", path.string(),
                    fs::exists(path, ec) ? "it is no regular file" : "there is no such file");
    if (const auto size = fs::file_size(path, ec); ec || size > limit)
        return fail("file.large", path.string(), fmt::format("it is larger than {} bytes", limit));
    std::ifstream in(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), {});
    if (!in)
        return fail("file.unreadable", path.string(), "it cannot be read");
    return text;
}

bool inside(const fs::path& folder, const fs::path& path) {
    const auto relative = path.lexically_relative(folder);
    return !relative.empty() && *relative.begin() != "..";
}

} // namespace

Sources::Sources(std::string shown) : shown_(std::move(shown)) {}

Result<std::shared_ptr<const SourceFile>> Sources::main() const {
    auto text = read_whole(shown_, 64U << 20U);
    if (!text)
        return tl::unexpected(text.error());
    return std::make_shared<const SourceFile>(SourceFile{shown_, std::move(*text)});
}

std::shared_ptr<const SourceFile> Sources::included(const std::string& name, const Span& where, Diagnostics& out) {
    if (const auto known = read_.find(name); known != read_.end())
        return known->second;
    auto& slot = read_[name]; // stays null after a fault, so that each file is complained about once
    const auto folder = fs::path(shown_).parent_path();
    const fs::path wanted(name);
    if (name.empty() || wanted.is_absolute()) {
        error(out, "T0302", where, "the name of a file is relative to the template's folder",
              "files stand beside the template or in `lib/`");
        return nullptr;
    }
    const auto shared = *wanted.begin() == "lib";
    const auto plain = shared ? folder / ".." / wanted : folder / wanted;
    std::error_code ec;
    const auto base = fs::weakly_canonical(shared ? folder / ".." / "lib" : folder / ".", ec);
    const auto path = ec ? fs::path() : fs::weakly_canonical(plain, ec);
    if (ec || !inside(base, path)) {
        error(out, "T0302", where, fmt::format("`{}` leads out of the template's folder", name),
              "files stand beside the template or in `lib/`");
        return nullptr;
    }
    auto text = read_whole(path, largest_file);
    if (!text) {
        error(out, "T0301", where, fmt::format("`{}` cannot be read: {}", name, text.error().message));
        return nullptr;
    }
    if (const auto at = first_malformed_utf8(*text)) {
        error(out, "T0303", where, fmt::format("`{}` is not UTF-8 text (byte {})", name, *at));
        return nullptr;
    }
    if (const auto at = first_control_character(*text)) {
        error(out, "T0303", where, fmt::format("`{}` is not text: it holds a control character (byte {})", name, *at));
        return nullptr;
    }
    slot = std::make_shared<const SourceFile>(SourceFile{plain.lexically_normal().string(), std::move(*text)});
    return slot;
}

} // namespace testudo::template_
