#include <cstdlib>
#include <gtest/gtest.h>
#include <iostream>

#include "agents/protocol/personalise_spec.hpp"
#include "tests/agents/running_agent.hpp"
#include "tests/agents/running_container.hpp"

// The agent in the demo's container image: its services, accounts and console. Only where TESTUDO_TEST_ROOT names that
// image's root.
namespace testudo::agents {
namespace {

PersonaliseSpec spec() {
    PersonaliseSpec out;
    out.hostname = "portal";
    out.interfaces = {{"eth0", "02:00:00:00:00:11", "198.18.11.80/24", "2001:db8:11::80/64"}};
    out.users = {{"defender", "swan-kilo-4711", true}};
    out.files = {{"/var/www/html/index.html", "<h1>Harbour office</h1>\n", "0644", "www-data"}};
    out.nftables = "table inet guard { chain in { type filter hook input priority 0; tcp dport 4444 drop\n}\n}\n";
    out.services = {"nginx", "harbour-office", "ssh", "postgresql", "nsd", "postfix", "harbour-plc"};
    out.reach = {"127.0.0.0/8", "::1", "198.18.11.0/24", "2001:db8:11::/64"};
    return out;
}

class DebianImage : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        if (std::getenv("TESTUDO_TEST_ROOT") == nullptr || !RunningAgent::possible())
            return;
        agent_ = std::make_unique<RunningAgent>(prepare_container, "--init");
        ASSERT_TRUE(agent_->connect()) << agent_->console();
        const auto done = agent_->request("personalise", {{"spec", to_json(spec())}}, Millis(60'000));
        ASSERT_TRUE(done) << done.error().text();
        std::cout << json::serialize(*done) << "\n";
    }
    static void TearDownTestSuite() { agent_.reset(); }
    void SetUp() override {
        if (!agent_)
            GTEST_SKIP() << "no image is named, or not root";
    }

    json::object probe(const std::string& type, const std::string& address, int port, json::object params = {}) {
        const auto result = agent_->request(
            "probe", {{"type", type}, {"address", address}, {"port", port}, {"params", std::move(params)}});
        EXPECT_TRUE(result) << result.error().text();
        return result.value_or(json::object{});
    }
    void expect(const std::string& outcome, const json::object& result) {
        EXPECT_EQ(text_or(result, "result"), outcome) << json::serialize(result);
    }
    json::object act(const std::string& id, const std::string& action, json::object params) {
        const auto result =
            agent_->request("act", {{"act", id}, {"action", action}, {"params", std::move(params)}}, Millis(120'000));
        EXPECT_TRUE(result) << result.error().text();
        return result.value_or(json::object{});
    }
    bool holds(const std::string& action, json::object params) {
        const auto result = agent_->request("inspect", {{"action", action}, {"params", std::move(params)}});
        EXPECT_TRUE(result) << result.error().text();
        return result && bool_or(*result, "holds");
    }

    static std::unique_ptr<RunningAgent> agent_;
};

std::unique_ptr<RunningAgent> DebianImage::agent_;

TEST_F(DebianImage, AllServicesRunAndAnswerOnBothFamilies) {
    const auto status = agent_->request("status", {});
    ASSERT_TRUE(status);
    for (const auto& unit : spec().services)
        EXPECT_EQ(text_or(object_or_empty(*status, "services"), unit), "running") << unit;
    for (const std::string address : {"198.18.11.80", "2001:db8:11::80"}) {
        expect("pass", probe("icmp", address, 0));
        expect("pass", probe("http", address, 80, {{"contains", "Harbour office"}}));
        expect("pass", probe("http", address, 80, {{"path", "/berths"}, {"contains", "Linnea Star"}}));
        expect("wrong", probe("http", address, 80, {{"contains", "Something else"}}));
        expect("pass", probe("ssh", address, 22, {{"banner", "OpenSSH"}}));
        expect("pass", probe("dns", address, 53, {{"name", "harbour.example"}, {"record", "NS"}}));
        expect("pass", probe("smtp", address, 25, {{"from", "a@x.example"}, {"to", "harbour@harbour.example"}}));
        expect("pass", probe("postgresql", address, 5432,
                             {{"user", "harbour"},
                              {"password", "harbour"},
                              {"database", "harbour"},
                              {"query", "SELECT count(*) FROM berths"},
                              {"expect", "6"}}));
        expect("fail", probe("postgresql", address, 5432, {{"user", "harbour"}, {"password", "x"}}));
        expect("pass", probe("modbus", address, 502, {{"register", 0}, {"expect", 40}}));
        expect("fail", probe("tcp", address, 4443));
    }
}

TEST_F(DebianImage, AttacksLeaveTheirEffects) {
    const json::object page{{"path", "/var/www/html/index.html"}, {"text", "Night Heron was here"}};
    EXPECT_EQ(text_or(act("deface", "deface", page), "outcome"), "ok");
    EXPECT_TRUE(holds("deface", page));
    expect("pass", probe("http", "198.18.11.80", 80, {{"contains", "Night Heron"}}));
    const json::object quota{{"path", "/var/spool/filler"}, {"mib", 10}};
    const auto filled = act("fill", "fill-quota", quota);
    EXPECT_EQ(text_or(filled, "outcome"), "ok") << json::serialize(filled);
    EXPECT_TRUE(holds("fill-quota", quota));
    const json::object reg{{"address", "198.18.11.80"}, {"port", 502}, {"register", 0}, {"value", 95}};
    const auto written = act("write", "write-register", reg);
    EXPECT_EQ(text_or(written, "outcome"), "ok") << json::serialize(written);
    EXPECT_TRUE(holds("write-register", reg));
    const auto swept = act("sweep", "sweep-ports", {{"address", "198.18.11.80"}, {"ports", json::array{22, 80, 81}}});
    EXPECT_EQ(text_or(swept, "evidence"), "2 open ports found") << json::serialize(swept);
}

TEST_F(DebianImage, PasswordsAreGuessedOverSsh) {
    const auto guess = [&](const std::string& id, json::array passwords) {
        return act(id, "guess-password",
                   {{"address", "198.18.11.80"}, {"user", "defender"}, {"passwords", std::move(passwords)}});
    };
    const auto good = guess("good", {"harbour", "swan-kilo-4711"});
    EXPECT_EQ(text_or(good, "outcome"), "ok") << json::serialize(good);
    const auto bad = guess("bad", {"harbour"});
    EXPECT_EQ(text_or(bad, "outcome"), "failed") << json::serialize(bad);
}

TEST_F(DebianImage, TheTeamSignsInOnTheConsole) {
    ASSERT_TRUE(agent_->console_shows("portal login:")) << agent_->console();
    agent_->type("defender\n");
    ASSERT_TRUE(agent_->console_shows("assword:")) << agent_->console();
    agent_->type("swan-kilo-4711\n");
    ASSERT_TRUE(agent_->console_shows("defender@portal")) << agent_->console();
    agent_->type("sudo -S -p sudo-asks: id -u | sed s/^/number-/\n");
    ASSERT_TRUE(agent_->console_shows("sudo-asks:")) << agent_->console();
    agent_->type("swan-kilo-4711\n");
    EXPECT_TRUE(agent_->console_shows("number-0")) << agent_->console();
}

TEST_F(DebianImage, ServicesCanBeStoppedAndStarted) {
    for (const auto& unit : spec().services) {
        const json::object params{{"service", unit}};
        const auto began = std::chrono::steady_clock::now();
        const auto stopped = act("stop-" + unit, "stop-service", params);
        EXPECT_EQ(text_or(stopped, "outcome"), "ok") << json::serialize(stopped);
        EXPECT_TRUE(holds("stop-service", params)) << unit;
        const auto started = act("start-" + unit, "start-service", params);
        EXPECT_EQ(text_or(started, "outcome"), "ok") << json::serialize(started);
        EXPECT_FALSE(holds("stop-service", params)) << unit;
        std::cout << unit << ": " << (std::chrono::steady_clock::now() - began) / std::chrono::milliseconds(1)
                  << " ms\n";
    }
}

} // namespace
} // namespace testudo::agents
