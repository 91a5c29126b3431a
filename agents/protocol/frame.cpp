#include "agents/protocol/frame.hpp"

#include <algorithm>

namespace testudo::agents {
namespace {

constexpr std::size_t mac_digits = 32;

bool is_mac(std::string_view word) {
    return word == no_mac || (word.size() == mac_digits && std::all_of(word.begin(), word.end(), [](char c) {
                                  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                              }));
}

} // namespace

std::string encode_frame(std::string_view mac, std::string_view text) {
    std::string line;
    line.reserve(mac.size() + text.size() + 2);
    line.append(mac).append(1, ' ').append(text).append(1, '\n');
    return line;
}

void FrameReader::receive(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto end = bytes.find('\n');
        const auto part = bytes.substr(0, end);
        if (!overlong_ && line_.size() + part.size() <= max_line) {
            line_.append(part);
        } else {
            overlong_ = true;
            line_.clear();
        }
        if (end == std::string_view::npos)
            return;
        bytes.remove_prefix(end + 1);
        if (!overlong_)
            take_line();
        overlong_ = false;
        line_.clear();
    }
}

void FrameReader::take_line() {
    // A terminal that is not raw yet turns LF into CR LF.
    if (line_.ends_with('\r'))
        line_.pop_back();
    const auto space = line_.find(' ');
    if (space == std::string::npos || !is_mac(std::string_view(line_).substr(0, space)))
        return;
    Frame frame{line_.substr(0, space), line_.substr(space + 1), {}};
    auto parsed = parse_json(frame.text);
    if (!parsed || !parsed->is_object())
        return;
    frame.body = std::move(parsed->get_object());
    // The callee may feed this reader again only after it returned; `line_` is not used any more here.
    on_frame_(frame);
}

} // namespace testudo::agents
