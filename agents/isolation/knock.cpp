#include "agents/isolation/knock.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "agents/probes/probe.hpp"

namespace testudo::agents {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Told = std::function<void(std::string)>;

constexpr std::size_t most_knocks = 128;

// One connection that is closed as soon as it is known what becomes of it.
struct Attempt : std::enable_shared_from_this<Attempt> {
    Attempt(asio::io_context& io, Told t) : socket(io), timer(io), told(std::move(t)) {}

    void begin(const Knock& knock, Millis timeout) {
        timer.expires_after(timeout);
        timer.async_wait([keep = shared_from_this()](const boost::system::error_code&) { keep->finish(""); });
        socket.async_connect(
            {knock.address, knock.port}, [keep = shared_from_this()](const boost::system::error_code& ec) {
                keep->finish(!ec ? "accepted" : ec == asio::error::connection_refused ? "refused" : "");
            });
    }
    void finish(std::string answer) {
        if (!told)
            return;
        boost::system::error_code ignored;
        socket.close(ignored);
        timer.cancel();
        std::exchange(told, nullptr)(std::move(answer));
    }

    tcp::socket socket;
    asio::steady_timer timer;
    Told told;
};

} // namespace

Result<std::vector<Knock>> knocks_from_json(const json::object& body) {
    std::vector<Knock> out;
    for (const auto& value : array_or_empty(body, "targets")) {
        if (!value.is_object())
            return fail("refused.params", "targets", "a target is an object");
        const auto address = parse_address(text_or(value.get_object(), "address"));
        if (!address)
            return tl::unexpected(address.error());
        const auto port = int_or(value.get_object(), "port");
        if (port < 0 || port > 65'535)
            return fail("refused.params", "port", "there is no such port");
        out.push_back({*address, static_cast<std::uint16_t>(port)});
    }
    if (out.empty() || out.size() > most_knocks)
        return fail("refused.params", "targets", "from 1 to 128 of them");
    return out;
}

void knock(asio::io_context& io, const std::vector<Knock>& knocks, Millis timeout,
           std::function<void(std::vector<std::string>)> done) {
    struct Answers {
        std::vector<std::string> words;
        std::size_t left;
        std::function<void(std::vector<std::string>)> done;
    };
    const auto answers = std::make_shared<Answers>();
    answers->words.resize(knocks.size());
    answers->left = knocks.size();
    answers->done = std::move(done);
    for (std::size_t i = 0; i < knocks.size(); ++i) {
        const Told told = [answers, i](std::string word) {
            answers->words[i] = std::move(word);
            if (--answers->left == 0)
                answers->done(std::move(answers->words));
        };
        if (knocks[i].port != 0) {
            std::make_shared<Attempt>(io, told)->begin(knocks[i], timeout);
            continue;
        }
        const auto started =
            start_probe(io, {"icmp", knocks[i].address, 0, {}, timeout}, [told](const ProbeResult& result) {
                told(result.outcome == ProbeOutcome::pass ? "echo" : "");
            });
        if (!started)
            asio::post(io, [told] { told(""); });
    }
}

} // namespace testudo::agents
