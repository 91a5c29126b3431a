#include "agents/probes/http_answer.hpp"

#include <algorithm>
#include <charconv>

namespace testudo::agents {
namespace {

// No body that a probe can use is longer; keeps sums of lengths far from overflow.
constexpr std::size_t longest_body = std::size_t{1} << 30;

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

std::optional<std::size_t> number(std::string_view text, int base) {
    std::size_t value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (ec != std::errc() || end != text.data() + text.size() || value > longest_body)
        return std::nullopt;
    return value;
}

} // namespace

void HttpAnswer::feed(std::string_view bytes) {
    pending_.append(bytes);
    if (state_ == State::head)
        read_head();
    if (state_ == State::body)
        read_body();
}

void HttpAnswer::end() {
    if (state_ == State::body && !chunked_ && !length_)
        state_ = State::complete;
    else if (state_ != State::complete && state_ != State::broken)
        give_up(state_ == State::head ? "closed before the answer began" : "the page was cut short");
}

void HttpAnswer::read_head() {
    for (;;) {
        auto head = std::string_view(pending_);
        // The end of the head, told by an empty line; some servers leave out the carriage returns.
        const auto crlf = head.find("\r\n\r\n");
        const auto lf = head.find("\n\n");
        const auto end = std::min(crlf, lf);
        if (end == std::string_view::npos)
            return;
        const auto body_at = end == crlf ? end + 4 : end + 2;
        head = head.substr(0, end);
        auto line = head.substr(0, head.find('\n'));
        const bool long_enough = line.size() >= std::string_view("HTTP/1.1 200").size();
        const auto code = long_enough ? number(line.substr(9, 3), 10) : std::nullopt;
        if (!line.starts_with("HTTP/1.") || !code || *code < 100 || line[8] != ' ')
            return give_up("not an HTTP answer");
        status_ = static_cast<int>(*code);
        for (auto rest = head.substr(std::min(head.size(), line.size() + 1)); !rest.empty() && state_ == State::head;) {
            line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(std::min(rest.size(), line.size() + 1));
            read_field(line);
        }
        if (state_ == State::broken)
            return;
        pending_.erase(0, body_at);
        if (status_ / 100 != 1)
            break; // else an interim answer: the real one follows
    }
    if (status_ == 204 || status_ == 304)
        length_ = 0;
    state_ = State::body;
}

void HttpAnswer::read_field(std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos)
        return;
    const auto name = line.substr(0, colon);
    const auto value = trimmed(line.substr(colon + 1));
    if (equal_ignoring_case(name, "transfer-encoding")) {
        if (!equal_ignoring_case(value, "chunked"))
            return give_up("an unknown transfer encoding");
        chunked_ = true;
    } else if (equal_ignoring_case(name, "content-length")) {
        const auto length = number(value, 10);
        if (!length || (length_ && *length_ != *length))
            return give_up("a broken content length");
        length_ = length;
    }
}

void HttpAnswer::read_body() {
    if (chunked_) {
        while (read_chunk()) {
        }
        return;
    }
    const auto wanted = length_ ? *length_ - body_.size() : pending_.size();
    const auto taken = std::min(wanted, pending_.size());
    body_.append(pending_, 0, taken);
    pending_.erase(0, taken);
    if (length_ && body_.size() == *length_)
        state_ = State::complete;
}

bool HttpAnswer::read_chunk() {
    const auto end = pending_.find('\n');
    if (end == std::string::npos)
        return false;
    auto line = std::string_view(pending_).substr(0, end);
    line = trimmed(line.substr(0, line.find(';')));
    const auto size = number(line, 16);
    if (!size) {
        give_up("a broken chunk");
        return false;
    }
    if (*size == 0) { // trailers are of no interest
        state_ = State::complete;
        return false;
    }
    // The chunk and the line end behind it.
    if (pending_.size() < end + 1 + *size + 2)
        return false;
    body_.append(pending_, end + 1, *size);
    auto next = end + 1 + *size;
    next += pending_[next] == '\r' ? 2 : 1;
    pending_.erase(0, next);
    return true;
}

void HttpAnswer::give_up(std::string problem) {
    state_ = State::broken;
    problem_ = std::move(problem);
}

} // namespace testudo::agents
