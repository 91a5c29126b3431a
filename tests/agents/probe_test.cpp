#include "agents/probes/probe.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <optional>
#include <thread>

#include "agents/probes/dns_message.hpp"
#include "agents/probes/md5.hpp"
#include "agents/probes/scram.hpp"
#include "tests/agents/scripted_server.hpp"

namespace testudo::agents {
namespace {

namespace asio = boost::asio;
using Move = ScriptedServer::Move;
using Script = ScriptedServer::Script;

class ProbeTest : public testing::Test {
  protected:
    ProbeResult run(const std::string& type, std::uint16_t port, const json::object& params = {}) {
        // On a busy machine a probe may rightly blame its own vantage; then it proves nothing.
        for (int attempt = 0;; ++attempt) {
            auto result = run_once(type, port, params);
            if (attempt == 5 || result.reason != "this vantage is overloaded")
                return result;
        }
    }
    ProbeResult run_once(const std::string& type, std::uint16_t port, const json::object& params) {
        std::optional<ProbeResult> result;
        const auto started = start_probe(io_, {type, parse_address("127.0.0.1").value(), port, params, patience_},
                                         [&](const ProbeResult& r) { result = r; });
        EXPECT_TRUE(started) << started.error().text();
        const auto end = std::chrono::steady_clock::now() + patience_ + Millis(20'000);
        while (!result && std::chrono::steady_clock::now() < end)
            io_.run_one_for(Millis(50));
        EXPECT_TRUE(result) << "the probe never ended";
        return result.value_or(ProbeResult{});
    }
    ProbeResult against(const std::string& type, Script script, json::object params = {}) {
        ScriptedServer server(io_, std::move(script));
        return run(type, server.port(), std::move(params));
    }
    std::string refused(const std::string& type, json::object params) {
        const auto started =
            start_probe(io_, {type, parse_address("127.0.0.1").value(), 1, std::move(params), Millis(1)},
                        [](const ProbeResult&) { FAIL(); });
        return started ? "" : started.error().code;
    }

    Millis patience_{10'000}; // tests whose probes run out of time have less
    asio::io_context io_;
    asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io_);
};

#define EXPECT_OUTCOME(expected, result)                                                                               \
    do {                                                                                                               \
        const ProbeResult got = (result);                                                                              \
        EXPECT_EQ(to_text(got.outcome), expected) << got.reason;                                                       \
    } while (false)

std::string http(const std::string& body, const std::string& status = "200 OK") {
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST_F(ProbeTest, EveryTypeFailsOnSilenceClosedPortsNonsenseAndFloods) {
    patience_ = Millis(600);
    const std::vector<std::pair<std::string, json::object>> types{
        {"tcp", {{"banner", "ready"}}}, {"http", {}}, {"ssh", {}}, {"smtp", {}}, {"postgresql", {{"user", "u"}}},
        {"modbus", {{"register", 1}}},
    };
    std::uint16_t closed = 0;
    {
        ScriptedServer gone(io_, ScriptedServer::silence());
        closed = gone.port();
    }
    for (const auto& [type, params] : types) {
        SCOPED_TRACE(type);
        EXPECT_OUTCOME("fail", run(type, closed, params));
        EXPECT_OUTCOME("fail", against(type, ScriptedServer::silence(), params));
        const auto cut = against(
            type,
            [](const std::string&) {
                return Move{"", true, false, 0};
            },
            params);
        EXPECT_TRUE(cut.outcome == ProbeOutcome::fail || cut.outcome == ProbeOutcome::wrong) << cut.reason;
        for (const auto& noise : {std::string(64, '\0'), std::string(64, '\xff'), std::string("nonsense\r\n")}) {
            for (const bool endless : {false, true}) {
                const auto result = against(
                    type,
                    [noise, endless](const std::string&) {
                        return Move{noise, false, endless, 0};
                    },
                    params);
                EXPECT_TRUE(result.outcome == ProbeOutcome::fail || result.outcome == ProbeOutcome::wrong)
                    << to_text(result.outcome) << " " << result.reason;
                EXPECT_NE(result.reason, "");
            }
        }
    }
}

TEST_F(ProbeTest, TcpConnectsAndLooksAtTheGreeting) {
    EXPECT_OUTCOME("pass", against("tcp", ScriptedServer::silence()));
    EXPECT_OUTCOME("pass", against("tcp", ScriptedServer::greet("well, ready here"), {{"banner", "ready"}}));
    patience_ = Millis(600);
    EXPECT_OUTCOME("wrong", against("tcp", ScriptedServer::greet("busy"), {{"banner", "ready"}}));
}

TEST_F(ProbeTest, HttpLooksAtStatusAndBody) {
    const auto page = [](const std::string& bytes) { return ScriptedServer::answer("\r\n\r\n", bytes); };
    EXPECT_OUTCOME("pass", against("http", page(http("hello"))));
    EXPECT_OUTCOME("pass", against("http", page(http("hello")), {{"contains", "ell"}, {"lacks", "bye"}}));
    EXPECT_OUTCOME("wrong", against("http", page(http("hello")), {{"contains", "bye"}}));
    EXPECT_OUTCOME("wrong", against("http", page(http("hello")), {{"lacks", "ell"}}));
    EXPECT_OUTCOME("wrong", against("http", page(http("", "302 Found"))));
    EXPECT_OUTCOME("pass", against("http", page(http("", "302 Found")), {{"status", 302}}));
    EXPECT_OUTCOME("fail", against("http", page(http("", "503 Busy"))));
    EXPECT_OUTCOME("fail", against("http", page("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")));
    const auto asked = against("http",
                               [](const std::string& received) {
                                   if (received.find("\r\n\r\n") == std::string::npos)
                                       return Move{};
                                   const bool good = received.starts_with("GET /x?y HTTP/1.1\r\n") &&
                                                     received.find("\r\nHost: portal.example\r\n") != std::string::npos;
                                   return Move{http(good ? "good" : "bad"), false, false, 0};
                               },
                               {{"path", "/x?y"}, {"host", "portal.example"}, {"contains", "good"}});
    EXPECT_OUTCOME("pass", asked);
    EXPECT_GT(asked.connect_us, 0);
    EXPECT_GE(asked.total_us, asked.connect_us);
}

TEST_F(ProbeTest, ASlowPassIsTold) {
    const auto script = [](const std::string& received) {
        if (received.find("\r\n\r\n") == std::string::npos)
            return Move{};
        std::this_thread::sleep_for(Millis(30));
        return Move{http("late"), false, false, 0};
    };
    EXPECT_OUTCOME("slow", against("http", script, {{"slow_ms", 20}}));
    EXPECT_OUTCOME("pass", against("http", script, {{"slow_ms", 300}}));
}

TEST_F(ProbeTest, SshGreets) {
    EXPECT_OUTCOME("pass", against("ssh", ScriptedServer::greet("SSH-2.0-OpenSSH_9.2p1\r\n")));
    EXPECT_OUTCOME(
        "pass", against("ssh", ScriptedServer::greet("hello\r\nSSH-2.0-OpenSSH_9.2p1\r\n"), {{"banner", "OpenSSH"}}));
    EXPECT_OUTCOME("wrong", against("ssh", ScriptedServer::greet("SSH-2.0-dropbear\r\n"), {{"banner", "OpenSSH"}}));
    EXPECT_OUTCOME("wrong", against("ssh", ScriptedServer::greet("SSH-1.5-old\r\n")));
    patience_ = Millis(600);
    EXPECT_OUTCOME("fail", against("ssh", ScriptedServer::greet("SSH-2.0-unfinished")));
}

Script smtp(std::string rcpt = "250 yes", std::string ehlo = "250-mail.example\r\n250 SIZE") {
    return [=](const std::string& received) {
        if (received.empty())
            return Move{"220 mail.example\r\n", false, false, 0};
        if (!received.ends_with("\r\n"))
            return Move{};
        const auto reply = received.starts_with("EHLO ") ? ehlo : received.starts_with("RCPT ") ? rcpt : "250 ok";
        return Move{reply + "\r\n", false, false, received.size()};
    };
}

TEST_F(ProbeTest, SmtpTakesARecipient) {
    EXPECT_OUTCOME("pass", against("smtp", smtp()));
    EXPECT_OUTCOME("pass", against("smtp", smtp(), {{"to", "harbour@harbour.example"}, {"from", "a@x.example"}}));
    EXPECT_OUTCOME("wrong", against("smtp", smtp("550 no"), {{"to", "harbour@harbour.example"}}));
    EXPECT_OUTCOME("fail", against("smtp", smtp("451 later"), {{"to", "harbour@harbour.example"}}));
    EXPECT_OUTCOME("fail", against("smtp", smtp("", "500 what?")));
    EXPECT_OUTCOME("fail", against("smtp", ScriptedServer::greet("554 away\r\n")));
}

std::string u16(unsigned v) {
    return {static_cast<char>(v >> 8), static_cast<char>(v & 0xff)};
}

Script modbus(const std::string& answer) {
    return [=](const std::string& received) {
        if (received.size() < 12)
            return Move{};
        return Move{received.substr(0, 4) + u16(static_cast<unsigned>(answer.size() + 1)) + received[6] + answer, false,
                    false, received.size()};
    };
}

TEST_F(ProbeTest, ModbusReadsARegister) {
    const std::string forty("\x03\x02\x00\x28", 4);
    EXPECT_OUTCOME("pass", against("modbus", modbus(forty), {{"register", 0}}));
    EXPECT_OUTCOME("pass", against("modbus", modbus(forty), {{"register", 0}, {"expect", 40}}));
    EXPECT_OUTCOME("wrong", against("modbus", modbus(forty), {{"register", 0}, {"expect", 41}}));
    EXPECT_OUTCOME("pass", against("modbus", modbus(forty), {{"register", 0}, {"min", 10}, {"max", 40}}));
    EXPECT_OUTCOME("wrong", against("modbus", modbus(forty), {{"register", 0}, {"max", 39}}));
    EXPECT_OUTCOME("fail", against("modbus", modbus("\x83\x02"), {{"register", 0}}));
    EXPECT_OUTCOME("wrong", against("modbus", modbus(std::string("\x03\x04\x00\x28", 4)), {{"register", 0}}));
}

std::string u32(std::size_t v) {
    return std::string(2, '\0') + u16(static_cast<unsigned>(v));
}
std::string pg(char type, const std::string& body) {
    return type + u32(body.size() + 4) + body;
}
const std::string zero(1, '\0');

// A server that asks for this sign-in and expects this password message, then answers one query with this value.
Script postgresql(const std::string& challenge, const std::string& password, const std::string& value) {
    return [=](const std::string& received) {
        if (received.empty())
            return Move{};
        const auto rows = value.empty() ? "" : pg('D', u16(1) + u32(value.size()) + value);
        if (received[0] == 'Q')
            return Move{pg('T', std::string(2, '\0')) + rows + pg('C', "SELECT 1" + zero) + pg('Z', "I"), false, false,
                        received.size()};
        if (received[0] == 'p')
            return received == pg('p', password + zero)
                       ? Move{pg('R', u32(0)) + pg('S', "a" + zero + "b" + zero) + pg('Z', "I"), false, false,
                              received.size()}
                       : Move{pg('E', "SFATAL" + zero + "Mpassword authentication failed" + zero + zero), true, false,
                              0};
        return Move{pg('R', challenge), false, false, received.size()};
    };
}

TEST_F(ProbeTest, PostgresqlSignsInAndAsks) {
    const json::object params{
        {"user", "harbour"}, {"password", "tide"}, {"database", "d"}, {"query", "SELECT 6"}, {"expect", "6"}};
    EXPECT_OUTCOME("pass", against("postgresql", postgresql(u32(3), "tide", "6"), params));
    const auto salted = "md5" + md5_hex(md5_hex("tideharbour") + "salt");
    EXPECT_OUTCOME("pass", against("postgresql", postgresql(u32(5) + "salt", salted, "6"), params));
    EXPECT_OUTCOME("wrong", against("postgresql", postgresql(u32(3), "tide", "7"), params));
    EXPECT_OUTCOME("wrong", against("postgresql", postgresql(u32(3), "tide", ""), params));
    const auto denied = against("postgresql", postgresql(u32(3), "ebb", "6"), params);
    EXPECT_OUTCOME("fail", denied);
    EXPECT_EQ(denied.reason, "password authentication failed");
    EXPECT_OUTCOME("fail", against("postgresql", postgresql(u32(7), "", ""), params));
    EXPECT_OUTCOME("wrong", against("postgresql", postgresql(u32(11) + "r=short,s=x,i=1", "", ""), params));
}

TEST(Md5, KnownAnswers) {
    EXPECT_EQ(md5_hex(""), "d41d8cd98f00b204e9800998ecf8427e");
    EXPECT_EQ(md5_hex("message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
    EXPECT_EQ(md5_hex("12345678901234567890123456789012345678901234567890123456789012345678901234567890"),
              "57edf4a22be3c955ac49da2e2107b67a");
}

TEST(Scram, RefusesAServerThatWouldKeepItBusy) {
    ScramClient client("pencil", "abc");
    EXPECT_TRUE(client.last("r=abcdef,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"));
    EXPECT_FALSE(client.last("r=abcdef,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=999999999"));
    EXPECT_FALSE(client.last("r=abc,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"));
    EXPECT_FALSE(client.last("r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"));
    EXPECT_FALSE(client.last(""));
}

// A name server on the loopback, over UDP.
class NameServer {
  public:
    using Answer = std::function<std::string(const std::string& question)>;
    NameServer(asio::io_context& io, Answer answer)
        : answer_(std::move(answer)), socket_(io, {asio::ip::address_v4::loopback(), 0}) {
        listen();
    }
    std::uint16_t port() const { return socket_.local_endpoint().port(); }
    int questions = 0;

  private:
    void listen() {
        socket_.async_receive_from(asio::buffer(packet_), from_,
                                   [this](const boost::system::error_code& ec, std::size_t size) {
                                       if (ec)
                                           return;
                                       ++questions;
                                       const auto reply = answer_(std::string(packet_.data(), size));
                                       if (!reply.empty())
                                           socket_.send_to(asio::buffer(reply), from_);
                                       listen();
                                   });
    }
    Answer answer_;
    asio::ip::udp::socket socket_;
    asio::ip::udp::endpoint from_;
    std::array<char, 512> packet_{};
};

// The question turned into an answer with one address, or none.
std::string dns_answer(std::string question, const std::string& address, unsigned flags = 0x8180) {
    question.replace(2, 2, u16(flags));
    if (address.empty())
        return question;
    question.replace(6, 2, u16(1));
    return question + std::string("\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04", 12) + address;
}

TEST_F(ProbeTest, DnsAsksForARecord) {
    const std::string address("\xc6\x12\x0b\x50");
    const json::object params{{"name", "portal.harbour.example"}, {"record", "A"}, {"expect", "198.18.11.80"}};
    const auto ask = [&](const NameServer::Answer& answer) {
        NameServer server(io_, answer);
        return run("dns", server.port(), params);
    };
    EXPECT_OUTCOME("pass", ask([&](const std::string& q) { return dns_answer(q, address); }));
    EXPECT_OUTCOME("wrong", ask([&](const std::string& q) { return dns_answer(q, "\x01\x02\x03\x04"); }));
    EXPECT_OUTCOME("wrong", ask([&](const std::string& q) { return dns_answer(q, ""); }));
    EXPECT_OUTCOME("wrong", ask([&](const std::string& q) { return dns_answer(q, "", 0x8183); }));
    EXPECT_OUTCOME("fail", ask([&](const std::string& q) { return dns_answer(q, "", 0x8182); }));
    patience_ = Millis(600);
    EXPECT_OUTCOME("wrong", ask([&](const std::string&) { return std::string("nonsense"); }));
    EXPECT_OUTCOME("fail", ask([&](const std::string&) { return std::string(); }));
}

TEST_F(ProbeTest, DnsAsksAgainWhenADatagramIsLost) {
    patience_ = Millis(3'000);
    int seen = 0;
    NameServer server(io_, [&](const std::string& q) { return ++seen == 1 ? "" : dns_answer(q, "\xc6\x12\x0b\x50"); });
    EXPECT_OUTCOME("pass", run("dns", server.port(), {{"name", "portal.harbour.example"}}));
    EXPECT_EQ(server.questions, 2);
}

TEST_F(ProbeTest, DnsGoesOverTcpForAnAnswerThatDoesNotFit) {
    NameServer server(io_, [&](const std::string& q) { return dns_answer(q, "", 0x8380); });
    asio::ip::tcp::acceptor acceptor(io_, {asio::ip::address_v4::loopback(), server.port()});
    asio::ip::tcp::socket socket(io_);
    std::string question(512, '\0');
    std::string reply;
    acceptor.async_accept(socket, [&](const boost::system::error_code&) {
        socket.async_read_some(asio::buffer(question), [&](const boost::system::error_code&, std::size_t size) {
            reply = dns_answer(question.substr(2, size - 2), "\xc6\x12\x0b\x50");
            reply = u16(static_cast<unsigned>(reply.size())) + reply;
            asio::write(socket, asio::buffer(reply.substr(0, 5)));
            asio::write(socket, asio::buffer(reply.substr(5)));
        });
    });
    EXPECT_OUTCOME("pass", run("dns", server.port(), {{"name", "portal.harbour.example"}, {"expect", "198.18.11.80"}}));
}

TEST_F(ProbeTest, ManyRunAtOnce) {
    ScriptedServer server(io_, ScriptedServer::answer("\r\n\r\n", http("hello")));
    int passed = 0;
    for (int i = 0; i < 300; ++i)
        ASSERT_TRUE(start_probe(io_, {"http", parse_address("127.0.0.1").value(), server.port(), {}, Millis(5'000)},
                                [&](const ProbeResult& r) { passed += r.outcome == ProbeOutcome::pass ? 1 : 0; }));
    const auto end = std::chrono::steady_clock::now() + Millis(5'000);
    while (passed < 300 && std::chrono::steady_clock::now() < end)
        io_.run_one_for(Millis(50));
    EXPECT_EQ(passed, 300);
}

TEST_F(ProbeTest, ParametersThatMakeNoSenseAreRefused) {
    EXPECT_EQ(refused("telnet", {}), "refused.unknown");
    EXPECT_EQ(refused("http", {{"path", "no slash"}}), "refused.params");
    EXPECT_EQ(refused("http", {{"path", "/x\r\nEvil: 1"}}), "refused.params");
    EXPECT_EQ(refused("http", {{"host", "a\r\nb"}}), "refused.params");
    EXPECT_EQ(refused("dns", {}), "refused.params");
    EXPECT_EQ(refused("dns", {{"name", "x"}, {"record", "ANY"}}), "refused.params");
    EXPECT_EQ(refused("smtp", {{"to", "a@b>\r\nDATA"}}), "refused.params");
    EXPECT_EQ(refused("postgresql", {}), "refused.params");
    EXPECT_EQ(refused("modbus", {}), "refused.params");
    EXPECT_EQ(refused("modbus", {{"register", 70000}}), "refused.params");
}

TEST(ProbeRequest, IsReadFromTheBody) {
    const auto good =
        probe_request_from_json({{"type", "http"}, {"address", "2001:db8::1"}, {"port", 80}, {"timeout_ms", 500}});
    ASSERT_TRUE(good);
    EXPECT_EQ(good->timeout, Millis(500));
    EXPECT_TRUE(probe_request_from_json({{"type", "icmp"}, {"address", "198.18.0.1"}}));
    EXPECT_FALSE(probe_request_from_json({{"type", "http"}, {"address", "198.18.0.1"}}));
    EXPECT_FALSE(probe_request_from_json({{"type", "http"}, {"address", "portal"}, {"port", 80}}));
    EXPECT_FALSE(probe_request_from_json({{"type", "http"}, {"address", "198.18.0.1"}, {"port", 65536}}));
    EXPECT_FALSE(
        probe_request_from_json({{"type", "http"}, {"address", "198.18.0.1"}, {"port", 80}, {"timeout_ms", 0}}));
}

} // namespace
} // namespace testudo::agents
