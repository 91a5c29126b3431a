#include <algorithm>

#include "agents/probes/http_answer.hpp"
#include "agents/probes/probe_kinds.hpp"

namespace testudo::agents {
namespace {

namespace asio = boost::asio;

constexpr std::size_t longest_answer = std::size_t{1} << 20;

class HttpProbe final : public Conversation {
  public:
    HttpProbe(asio::io_context& io, ProbeRequest request, ProbeDone done)
        : Conversation(io, std::move(request), std::move(done)) {}

  private:
    void opened() override {
        const auto literal = request_.address.to_string();
        const auto host = text_or(request_.params, "host", request_.address.is_v6() ? "[" + literal + "]" : literal);
        send("GET " + text_or(request_.params, "path", "/") + " HTTP/1.1\r\nHost: " + host +
             "\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\nConnection: close\r\n\r\n");
    }

    void received() override {
        taken_ += buffer().size();
        answer_.feed(buffer());
        buffer().clear();
        if (answer_.state() == HttpAnswer::State::complete)
            judge();
        else if (answer_.state() == HttpAnswer::State::broken)
            finish(ProbeOutcome::wrong, answer_.problem());
        else if (taken_ > longest_answer)
            finish(ProbeOutcome::wrong, "the answer is too long");
    }

    void ended() override {
        answer_.feed(buffer());
        answer_.end();
        if (answer_.state() == HttpAnswer::State::complete)
            judge();
        else
            finish(ProbeOutcome::fail, answer_.problem());
    }

    void judge() {
        const auto wanted = int_or(request_.params, "status", 200);
        const auto contains = text_or(request_.params, "contains");
        const auto lacks = text_or(request_.params, "lacks");
        if (answer_.status() != wanted)
            finish(answer_.status() >= 500 ? ProbeOutcome::fail : ProbeOutcome::wrong,
                   "status " + std::to_string(answer_.status()) + " instead of " + std::to_string(wanted));
        else if (answer_.body().find(contains) == std::string::npos)
            finish(ProbeOutcome::wrong, "the page lacks \"" + contains + "\"");
        else if (!lacks.empty() && answer_.body().find(lacks) != std::string::npos)
            finish(ProbeOutcome::wrong, "the page contains \"" + lacks + "\"");
        else
            pass();
    }

    HttpAnswer answer_;
    std::size_t taken_ = 0;
};

bool fits_in_a_request_line(const std::string& text) {
    return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c <= ' ' || c == 0x7f; });
}

} // namespace

MadeProbe make_http_probe(asio::io_context& io, ProbeRequest request, ProbeDone done) {
    const auto path = text_or(request.params, "path", "/");
    if (!path.starts_with('/') || !fits_in_a_request_line(path))
        return fail("refused.params", "path", "a path begins with / and has no blanks");
    if (!fits_in_a_request_line(text_or(request.params, "host")))
        return fail("refused.params", "host", "a host has no blanks");
    return std::make_shared<HttpProbe>(io, std::move(request), std::move(done));
}

} // namespace testudo::agents
