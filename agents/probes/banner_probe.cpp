#include "agents/probes/probe_kinds.hpp"

namespace testudo::agents {
namespace {

namespace asio = boost::asio;

constexpr std::size_t longest_greeting = 4096;

class TcpProbe final : public Conversation {
  public:
    TcpProbe(asio::io_context& io, ProbeRequest request, ProbeDone done)
        : Conversation(io, std::move(request), std::move(done), longest_greeting),
          banner_(text_or(request_.params, "banner")) {}

  private:
    void opened() override {
        if (banner_.empty())
            pass();
    }
    void received() override {
        if (buffer().find(banner_) != std::string::npos)
            pass();
        else if (buffer().size() >= longest_greeting)
            finish(ProbeOutcome::wrong, "another greeting than \"" + banner_ + "\"");
    }
    void ended() override { finish(ProbeOutcome::wrong, "closed without the greeting \"" + banner_ + "\""); }
    ProbeResult out_of_time() const override {
        auto result = Conversation::out_of_time();
        if (!buffer().empty()) {
            result.outcome = ProbeOutcome::wrong;
            result.reason = "another greeting than \"" + banner_ + "\"";
        }
        return result;
    }

    std::string banner_;
};

// RFC 4253: the server may send other lines before its identification.
class SshProbe final : public Conversation {
  public:
    SshProbe(asio::io_context& io, ProbeRequest request, ProbeDone done)
        : Conversation(io, std::move(request), std::move(done), longest_greeting),
          banner_(text_or(request_.params, "banner")) {}

  private:
    void received() override {
        for (std::string line; !finished() && take_line(line);) {
            if (!line.starts_with("SSH-"))
                continue;
            if (!line.starts_with("SSH-2.0-"))
                finish(ProbeOutcome::wrong, "another protocol version: " + line.substr(0, 40));
            else if (line.find(banner_) == std::string::npos)
                finish(ProbeOutcome::wrong, "another greeting than \"" + banner_ + "\"");
            else
                pass();
        }
    }

    std::string banner_;
};

} // namespace

MadeProbe make_tcp_probe(asio::io_context& io, ProbeRequest request, ProbeDone done) {
    return std::make_shared<TcpProbe>(io, std::move(request), std::move(done));
}

MadeProbe make_ssh_probe(asio::io_context& io, ProbeRequest request, ProbeDone done) {
    return std::make_shared<SshProbe>(io, std::move(request), std::move(done));
}

} // namespace testudo::agents
