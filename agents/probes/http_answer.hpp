#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace testudo::agents {

// Reads an HTTP/1.x answer as it comes in, from a server that may be broken or hostile: every length is checked before
// it is believed, and nothing is kept beyond the caller's bound on the bytes fed in.
class HttpAnswer {
  public:
    enum class State { head, body, complete, broken };

    void feed(std::string_view bytes);
    // The connection is closed: completes a body without a length, breaks one that is cut short.
    void end();

    State state() const { return state_; }
    const std::string& problem() const { return problem_; }
    int status() const { return status_; }
    const std::string& body() const { return body_; }

  private:
    void read_head();
    void read_body();
    bool read_chunk();
    void read_field(std::string_view line);
    void give_up(std::string problem);

    State state_ = State::head;
    std::string pending_; // not interpreted yet
    std::string body_;
    std::string problem_;
    int status_ = 0;
    bool chunked_ = false;
    std::optional<std::size_t> length_;
};

} // namespace testudo::agents
