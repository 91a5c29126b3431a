#include <algorithm>
#include <boost/asio/ip/udp.hpp>

#include "agents/probes/dns_message.hpp"
#include "agents/probes/probe_kinds.hpp"
#include "orchestrator/core/digest.hpp"

namespace testudo::agents {
namespace {

namespace asio = boost::asio;

struct Question {
    std::uint16_t id;
    std::string name;
    DnsType type;
    std::string packet;
    std::string expect; // "" if any record will do
};

struct Judgement {
    ProbeOutcome outcome;
    std::string reason;
};

std::string joined(const std::vector<std::string>& list) {
    std::string out;
    for (const auto& item : list)
        out += (out.empty() ? "" : ", ") + item;
    return out;
}

bool is_expected(const Question& question, const std::string& record) {
    switch (question.type) {
    case DnsType::txt:
        return record == question.expect;
    case DnsType::mx: // with or without the preference
        return record == canonical_dns_name(question.expect) ||
               record.substr(record.find(' ') + 1) == canonical_dns_name(question.expect);
    case DnsType::ns:
        return record == canonical_dns_name(question.expect);
    case DnsType::a:
    case DnsType::aaaa:
        break;
    }
    const auto wanted = parse_address(question.expect); // an IPv6 address may be written in several ways
    return wanted && record == wanted->to_string();
}

Judgement judge(const Question& question, const DnsAnswer& answer) {
    if (answer.rcode == 3)
        return {ProbeOutcome::wrong, question.name + " does not exist"};
    if (answer.rcode != 0)
        return {ProbeOutcome::fail, "the server answered with error " + std::to_string(answer.rcode)};
    if (answer.records.empty())
        return {ProbeOutcome::wrong, question.name + " has no such record"};
    const auto good = [&](const std::string& record) { return is_expected(question, record); };
    if (!question.expect.empty() && std::none_of(answer.records.begin(), answer.records.end(), good))
        return {ProbeOutcome::wrong, joined(answer.records).substr(0, 200) + " instead of " + question.expect};
    return {ProbeOutcome::pass, ""};
}

// The same question over TCP, for an answer that does not fit in a datagram.
class DnsOverTcp final : public Conversation {
  public:
    DnsOverTcp(asio::io_context& io, ProbeRequest request, ProbeDone done, Question question)
        : Conversation(io, std::move(request), std::move(done), 64 * 1024 + 2), question_(std::move(question)) {}

  private:
    void opened() override {
        const auto size = question_.packet.size();
        send(std::string{static_cast<char>(size >> 8 & 0xff), static_cast<char>(size & 0xff)} + question_.packet);
    }
    void received() override {
        if (buffer().size() < 2)
            return;
        const auto size = static_cast<std::size_t>(static_cast<unsigned char>(buffer()[0])) << 8 |
                          static_cast<unsigned char>(buffer()[1]);
        if (buffer().size() < 2 + size)
            return;
        const auto packet = std::string_view(buffer()).substr(2, size);
        const auto answer = decode_dns_answer(packet, question_.id, question_.name, question_.type);
        if (!answer)
            return finish(ProbeOutcome::wrong, "not an answer to the question");
        const auto [outcome, reason] = judge(question_, *answer);
        finish(outcome, reason);
    }

    Question question_;
};

class DnsProbe final : public Probe {
  public:
    DnsProbe(asio::io_context& io, ProbeRequest request, ProbeDone done, Question question)
        : Probe(io, std::move(request), std::move(done)), socket_(io), again_(io), question_(std::move(question)) {}

  private:
    void begin() override {
        boost::system::error_code ec;
        const asio::ip::udp::endpoint to(request_.address, request_.port);
        socket_.open(to.protocol(), ec);
        if (!ec)
            socket_.connect(to, ec); // only the target's answers are delivered
        if (ec)
            return finish_unreachable(ec);
        begun_ = std::chrono::steady_clock::now();
        ask();
        listen();
    }

    void stop() override {
        boost::system::error_code ignored;
        socket_.close(ignored);
        again_.cancel();
    }

    // A datagram may be lost, which is nobody's fault: the question is asked three times.
    void ask() {
        boost::system::error_code ignored; // told by listen()
        socket_.send(asio::buffer(question_.packet), 0, ignored);
        if (++asked_ == 3)
            return;
        again_.expires_after(request_.timeout / 3);
        again_.async_wait([this, keep = shared_from_this()](const boost::system::error_code& ec) {
            if (!ec && !finished())
                ask();
        });
    }

    void listen() {
        socket_.async_receive(asio::buffer(packet_),
                              [this, keep = shared_from_this()](const boost::system::error_code& ec, std::size_t size) {
                                  if (finished())
                                      return;
                                  if (ec)
                                      return finish_unreachable(ec);
                                  const auto answer = decode_dns_answer(std::string_view(packet_.data(), size),
                                                                        question_.id, question_.name, question_.type);
                                  if (!answer) { // may be anybody's who guesses the port: the real one may still come
                                      nonsense_ = true;
                                      return listen();
                                  }
                                  connected();
                                  if (answer->truncated)
                                      return ask_over_tcp();
                                  const auto [outcome, reason] = judge(question_, *answer);
                                  if (outcome == ProbeOutcome::pass)
                                      pass();
                                  else
                                      finish(outcome, reason);
                              });
    }

    void ask_over_tcp() {
        again_.cancel();
        auto request = request_;
        const auto spent = std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - begun_);
        request.timeout = std::max(request.timeout - spent, Millis(1));
        std::make_shared<DnsOverTcp>(
            io_, std::move(request),
            [this, keep = shared_from_this()](const ProbeResult& result) {
                if (result.outcome == ProbeOutcome::pass)
                    pass();
                else
                    finish(result.outcome, "over TCP: " + result.reason);
            },
            question_)
            ->start();
    }

    ProbeResult out_of_time() const override {
        auto result = Probe::out_of_time();
        if (nonsense_) {
            result.outcome = ProbeOutcome::wrong;
            result.reason = "not an answer to the question";
        }
        return result;
    }

    asio::ip::udp::socket socket_;
    asio::steady_timer again_;
    Question question_;
    int asked_ = 0;
    bool nonsense_ = false;
    std::chrono::steady_clock::time_point begun_;
    std::array<char, 4096> packet_;
};

} // namespace

MadeProbe make_dns_probe(asio::io_context& io, ProbeRequest request, ProbeDone done) {
    const auto type = dns_type(text_or(request.params, "record", "A"));
    if (!type)
        return fail("refused.params", "record", "a record is A, AAAA, MX, TXT or NS");
    Question question{static_cast<std::uint16_t>(std::stoul(random_hex(2), nullptr, 16)),
                      text_or(request.params, "name"), *type, "", text_or(request.params, "expect")};
    const auto packet = encode_dns_question(question.id, question.name, *type);
    if (!packet || question.name.empty())
        return fail("refused.params", "name", "not a domain name");
    question.packet = *packet;
    return std::make_shared<DnsProbe>(io, std::move(request), std::move(done), std::move(question));
}

} // namespace testudo::agents
