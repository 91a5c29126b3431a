#include <algorithm>
#include <vector>

#include "agents/probes/probe_kinds.hpp"

namespace testudo::agents {
namespace {

namespace asio = boost::asio;

// A fixed list of steps: what to send, which class of answer to wait for, what it means if another one comes.
struct Step {
    std::string send; // "" for the greeting
    char good;        // first digit of the expected code
    std::string name;
};

std::vector<Step> steps_of(const json::object& params) {
    std::vector<Step> steps{{"", '2', "greeting"}, {"EHLO " + text_or(params, "helo", "checker.example"), '2', "EHLO"}};
    if (const auto to = text_or(params, "to"); !to.empty()) {
        steps.push_back({"MAIL FROM:<" + text_or(params, "from") + ">", '2', "MAIL FROM"});
        steps.push_back({"RCPT TO:<" + to + ">", '2', "RCPT TO"});
        steps.push_back({"RSET", '2', "RSET"});
    }
    return steps;
}

class SmtpProbe final : public Conversation {
  public:
    SmtpProbe(asio::io_context& io, ProbeRequest request, ProbeDone done)
        : Conversation(io, std::move(request), std::move(done), 16 * 1024), steps_(steps_of(request_.params)) {}

  private:
    void received() override {
        for (std::string line; !finished() && take_line(line);) {
            const bool code = line.size() >= 3 &&
                              std::all_of(line.begin(), line.begin() + 3, [](char c) { return c >= '0' && c <= '9'; });
            if (!code)
                return finish(ProbeOutcome::wrong, "not an SMTP answer");
            if (line.size() > 3 && line[3] == '-') {
                // A server that never ends its answer must not keep us for longer than a sane one.
                if (++continued_ > 100)
                    return finish(ProbeOutcome::wrong, "an answer without end");
                continue;
            }
            continued_ = 0;
            take_answer(line);
        }
    }

    void take_answer(const std::string& line) {
        const auto& step = steps_[at_];
        if (line[0] != step.good) {
            // A refused recipient is a wrong answer of a server that is there; the greeting and EHLO are its life
            // signs.
            const auto outcome = at_ < 2 || line[0] == '4' ? ProbeOutcome::fail : ProbeOutcome::wrong;
            return finish(outcome, step.name + ": " + line.substr(0, 120));
        }
        if (++at_ < steps_.size())
            return send(steps_[at_].send + "\r\n");
        send("QUIT\r\n");
        pass();
    }

    std::vector<Step> steps_;
    std::size_t at_ = 0;
    int continued_ = 0;
};

bool fits_in_a_command(const std::string& text) {
    return std::none_of(text.begin(), text.end(),
                        [](unsigned char c) { return c <= ' ' || c == 0x7f || c == '<' || c == '>'; });
}

} // namespace

MadeProbe make_smtp_probe(asio::io_context& io, ProbeRequest request, ProbeDone done) {
    for (const auto* key : {"helo", "from", "to"})
        if (!fits_in_a_command(text_or(request.params, key)))
            return fail("refused.params", key, "no blanks and no angle brackets here");
    return std::make_shared<SmtpProbe>(io, std::move(request), std::move(done));
}

} // namespace testudo::agents
