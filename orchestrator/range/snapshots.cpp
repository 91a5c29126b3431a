#include "orchestrator/range/snapshots.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <iterator>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace testudo::range {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t longest_name = 64;
constexpr const char* unfinished = ".new";

tl::unexpected<Error> failed(const fs::path& file, const std::string& why) {
    return fail("snapshot.unwritable", file.string(), why);
}

Result<void> write_all(const fs::path& file, const std::string& text) {
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return failed(file, std::generic_category().message(errno));
    std::size_t sent = 0;
    while (sent < text.size()) {
        const auto wrote = ::write(fd, text.data() + sent, text.size() - sent);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            break;
        sent += static_cast<std::size_t>(wrote);
    }
    const bool good = sent == text.size() && ::fsync(fd) == 0;
    const auto why = std::generic_category().message(errno);
    ::close(fd);
    if (good)
        return {};
    std::error_code ignored;
    fs::remove(file, ignored);
    return failed(file, why);
}

// The first line.
Result<Snapshots::Kept> read_head(std::istream& in) {
    std::string line;
    std::getline(in, line);
    const auto head = parse_json(line);
    if (!head || !head->is_object())
        return fail("snapshot.damaged", "", "it cannot be read");
    const auto& object = head->get_object();
    return Snapshots::Kept{text_or(object, "at"), text_or(object, "spec"),
                           static_cast<std::size_t>(int_or(object, "bytes"))};
}

} // namespace

Result<void> Snapshots::check_name(const std::string& snapshot) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    const bool good = !snapshot.empty() && snapshot.size() <= longest_name && plain(snapshot.front()) &&
                      std::all_of(snapshot.begin(), snapshot.end(),
                                  [&](char c) { return plain(c) || c == '.' || c == '-' || c == '_'; });
    if (good)
        return {};
    return fail("snapshot.invalid", snapshot,
                "a snapshot's name has letters, digits, '.', '-' and '_', begins with a letter or digit, and has at "
                "most 64 of them");
}

Result<void> Snapshots::add(const std::string& snapshot, const std::string& machine, const Kept& kept,
                            const std::string& files) const {
    const auto folder = directory_ / snapshot;
    std::error_code error;
    fs::create_directories(folder, error);
    if (error)
        return failed(folder, error.message());
    const auto draft = folder / (machine + unfinished);
    const auto head = json::serialize(
        json::object{{"at", kept.at}, {"spec", kept.spec}, {"bytes", static_cast<std::int64_t>(kept.bytes)}});
    if (auto written = write_all(draft, head + "\n" + files); !written)
        return written;
    fs::rename(draft, folder / machine, error);
    return error ? failed(folder / machine, error.message()) : Result<void>();
}

std::map<std::string, Snapshots::Machines> Snapshots::list() const {
    std::map<std::string, Machines> all;
    std::error_code error;
    for (const auto& folder : fs::directory_iterator(directory_, error))
        for (const auto& file : fs::directory_iterator(folder.path(), error)) {
            if (file.path().extension() == unfinished) // of a killed program
                continue;
            std::ifstream in(file.path(), std::ios::binary);
            if (auto kept = read_head(in))
                all[folder.path().filename().string()][file.path().filename().string()] = std::move(*kept);
        }
    return all;
}

json::array Snapshots::to_json() const {
    json::array all;
    for (const auto& [name, kept_of] : list()) {
        json::array machines;
        for (const auto& [machine, kept] : kept_of)
            machines.push_back(json::object{{"machine", machine}, {"at", kept.at}, {"bytes", kept.bytes}});
        all.push_back(json::object{{"name", name}, {"machines", std::move(machines)}});
    }
    return all;
}

Result<Snapshots::Kept> Snapshots::find(const std::string& snapshot, const std::string& machine) const {
    const auto all = list();
    if (const auto one = all.find(snapshot); one != all.end())
        if (const auto kept = one->second.find(machine); kept != one->second.end())
            return kept->second;
    std::vector<std::string> others;
    for (const auto& [name, machines] : all)
        if (machines.contains(machine))
            others.push_back(name);
    return fail(
        "snapshot.unknown", machine,
        fmt::format("was not kept as {}; {}", snapshot,
                    others.empty() ? "nothing was kept of it" : fmt::format("as {} it was", fmt::join(others, ", "))));
}

Result<std::string> Snapshots::files(const std::string& snapshot, const std::string& machine) const {
    const auto file = directory_ / snapshot / machine;
    std::ifstream in(file, std::ios::binary);
    auto kept = read_head(in);
    if (!kept)
        return fail(kept.error().code, file.string(), kept.error().message);
    std::string bytes(std::istreambuf_iterator<char>(in), {});
    if (bytes.size() != kept->bytes)
        return fail("snapshot.damaged", file.string(), "it is cut off");
    return bytes;
}

} // namespace testudo::range
