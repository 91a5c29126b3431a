#include "orchestrator/range/journal.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace testudo::range {
namespace {

std::string reason() {
    return std::generic_category().message(errno);
}

json::object entry_of(const char* kind, const Step& step) {
    return {{"entry", kind}, {"act", name_of(step.act)}, {"object", step.object}, {"name", step.name}};
}

} // namespace

Result<std::unique_ptr<Journal>> Journal::open(const std::filesystem::path& file, const Clock& clock) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return fail("journal.open", file.string(), reason());
    std::unique_ptr<Journal> journal(new Journal(descriptor, file.string(), clock));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0)
        return fail("journal.locked", file.string(),
                    "another testudo is working on this exercise; wait until it is done, or end it");
    if (auto read = journal->read(); !read)
        return tl::unexpected(read.error());
    return journal;
}

Journal::Journal(int file, std::string path, const Clock& clock) : file_(file), path_(std::move(path)), clock_(clock) {}

Journal::~Journal() {
    ::close(file_);
}

Result<void> Journal::read() {
    std::string text;
    char buffer[65536];
    for (;;) {
        const auto got = ::read(file_, buffer, sizeof buffer);
        if (got < 0)
            return fail("journal.read", path_, reason());
        if (got == 0)
            break;
        text.append(buffer, static_cast<std::size_t>(got));
    }
    std::size_t begin = 0;
    for (std::size_t line = 1; begin < text.size(); ++line) {
        const auto end = text.find('\n', begin);
        const auto entry = parse_json(std::string_view(text).substr(begin, end - begin));
        if (end == std::string::npos || !entry || !entry->is_object()) {
            if (end != std::string::npos && end + 1 < text.size())
                return fail("journal.corrupt", path_,
                            fmt::format("line {} cannot be read; the exercise can still be taken down after moving the "
                                        "file away, because its objects carry our mark",
                                        line));
            if (::ftruncate(file_, static_cast<off_t>(begin)) != 0)
                return fail("journal.write", path_, reason());
            break;
        }
        take(entry->as_object());
        begin = end + 1;
    }
    return {};
}

void Journal::take(const json::object& entry) {
    const auto kind = text_or(entry, "entry");
    if (kind == "begin") {
        last_command_ = text_or(entry, "command");
        last_ended_ = false;
        return;
    }
    if (kind == "end") {
        last_ended_ = true;
        return;
    }
    const auto act = text_or(entry, "act");
    const auto object = text_or(entry, "object");
    std::erase_if(open_acts_, [&](const Open& open) { return open.object == object && open.act == act; });
    if (kind == "will")
        open_acts_.push_back({act, object});
    // Whatever was begun on an object is over once it is removed.
    if (kind == "did" && act.starts_with("remove"))
        std::erase_if(open_acts_, [&](const Open& open) { return open.object == object; });
}

void Journal::write(json::object entry, bool durable) {
    entry["at"] = to_rfc3339(clock_.wall());
    const auto line = json::serialize(entry) + "\n";
    for (std::size_t sent = 0; sent < line.size();) {
        const auto wrote = ::write(file_, line.data() + sent, line.size() - sent);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            throw std::system_error(errno, std::generic_category(), "journal " + path_);
        sent += static_cast<std::size_t>(wrote);
    }
    if (durable && ::fdatasync(file_) != 0)
        throw std::system_error(errno, std::generic_category(), "journal " + path_);
    take(entry);
}

void Journal::begin(const std::string& command, const std::string& plan, std::size_t steps) {
    write({{"entry", "begin"}, {"command", command}, {"plan", plan}, {"steps", steps}}, true);
}

void Journal::will(const Step& step) {
    write(entry_of("will", step), true);
}

// A lost "did" only makes the next run look again, so it need not wait for the disk.
void Journal::did(const Step& step) {
    write(entry_of("did", step), false);
}

void Journal::failed(const Step& step, const Error& error) {
    auto entry = entry_of("failed", step);
    entry["error"] = error.text();
    write(std::move(entry), false);
}

void Journal::end(std::size_t failures) {
    write({{"entry", "end"}, {"failures", failures}}, true);
}

} // namespace testudo::range
