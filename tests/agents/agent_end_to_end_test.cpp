#include <gtest/gtest.h>

#include "agents/protocol/personalise_spec.hpp"
#include "tests/agents/running_agent.hpp"

// The real program over a real terminal, as a service (not as PID 1), in namespaces of its own.
namespace testudo::agents {
namespace {

const std::string prepare = R"(
mount -t tmpfs tmpfs /run
mkdir /run/etc /run/folder /run/small
mount -t tmpfs -o size=10m tmpfs /run/small
cp /etc/passwd /etc/group /run/etc/
mount --bind /run/etc /etc
ip link add name veth-x type veth peer name far
ip link set dev veth-x address 02:00:00:00:00:11
)";

PersonaliseSpec spec() {
    PersonaliseSpec out;
    out.hostname = "portal";
    out.hosts = {{"198.18.11.80", "portal.harbour.example"}};
    out.interfaces = {{"eth0", "02:00:00:00:00:11", "198.18.11.80/24", "2001:db8:11::80/64"}};
    out.routes = {{"0.0.0.0/0", "198.18.11.1"}, {"::/0", "2001:db8:11::1"}};
    out.forwards = true;
    out.files = {{"/run/folder/secret", "sesame\n", "0600", "root"}};
    out.setup = {
        "hostname > /run/folder/setup; ip -br address show dev eth0 > /run/folder/address; "
        "ip -6 route show default >> /run/folder/address; cat /proc/sys/net/ipv4/ip_forward >> /run/folder/address"};
    out.reach = {"127.0.0.0/8", "198.18.0.0/15"};
    return out;
}

class AgentEndToEnd : public testing::Test {
  protected:
    void SetUp() override {
        if (!RunningAgent::possible())
            GTEST_SKIP() << "needs root and namespaces";
        agent_.emplace(prepare, "--channel $CHANNEL");
        ASSERT_TRUE(agent_->connect());
    }
    Result<json::object> personalise() { return agent_->request("personalise", {{"spec", to_json(spec())}}); }

    std::optional<RunningAgent> agent_;
};

TEST_F(AgentEndToEnd, TellsItsStatus) {
    const auto status = agent_->request("status", {});
    ASSERT_TRUE(status) << status.error().text();
    EXPECT_EQ(text_or(*status, "machine"), RunningAgent::machine);
    EXPECT_FALSE(bool_or(*status, "personalised", true));
    EXPECT_EQ(text_or(*status, "boot").size(), 32u);
    EXPECT_TRUE(status->contains("services"));
}

TEST_F(AgentEndToEnd, RefusesToWorkBeforeItIsPersonalised) {
    for (const auto* op : {"act", "inspect", "probe"}) {
        const auto refused = agent_->request(op, {});
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, "refused.not-personalised");
    }
    EXPECT_EQ(agent_->request("format", {}).error().code, "refused.unknown");
}

TEST_F(AgentEndToEnd, PutsASpecInPlaceOnce) {
    const auto first = personalise();
    ASSERT_TRUE(first) << first.error().text();
    EXPECT_EQ(text_or(*first, "spec_hash"), hash_of(spec()));
    EXPECT_FALSE(array_or_empty(*first, "steps").empty());
    const auto again = personalise();
    ASSERT_TRUE(again);
    EXPECT_TRUE(array_or_empty(*again, "steps").empty());
    // What the setup line saw is inspected through an action, the only eyes we have in there.
    const auto shows = [&](const std::string& path, const std::string& text) {
        const auto seen = agent_->request(
            "inspect", {{"action", "deface"}, {"params", json::object{{"path", path}, {"text", text}}}});
        return seen && bool_or(*seen, "holds");
    };
    EXPECT_TRUE(shows("/run/folder/setup", "portal"));
    EXPECT_TRUE(shows("/run/folder/secret", "sesame"));
    EXPECT_TRUE(shows("/run/folder/address", "198.18.11.80/24"));
    EXPECT_TRUE(shows("/run/folder/address", "2001:db8:11::80/64"));
    EXPECT_TRUE(shows("/run/folder/address", "via 2001:db8:11::1 dev eth0"));
    EXPECT_TRUE(shows("/run/folder/address", "\n1\n"));
    EXPECT_TRUE(shows("/etc/hosts", "198.18.11.80 portal.harbour.example"));
    EXPECT_TRUE(bool_or(*agent_->request("status", {}), "personalised"));
}

TEST_F(AgentEndToEnd, FailedSetupIsToldWithItsOutput) {
    auto broken = spec();
    broken.setup = {"echo no such thing; exit 3"};
    const auto failed = agent_->request("personalise", {{"spec", to_json(broken)}});
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, "failed");
    EXPECT_NE(failed.error().message.find("exit status 3: no such thing"), std::string::npos) << failed.error().text();
    EXPECT_FALSE(bool_or(*agent_->request("status", {}), "personalised", true));
}

TEST_F(AgentEndToEnd, ActsOnceOnly) {
    ASSERT_TRUE(personalise());
    const json::object act{{"act", "planted/north"},
                           {"action", "plant-file"},
                           {"params", json::object{{"path", "/run/folder/note"}, {"content", "we were here"}}}};
    const auto first = agent_->request("act", act);
    ASSERT_TRUE(first) << first.error().text();
    EXPECT_EQ(text_or(*first, "outcome"), "ok");
    EXPECT_FALSE(first->contains("repeated"));
    const auto second = agent_->request("act", act);
    ASSERT_TRUE(second);
    EXPECT_TRUE(bool_or(*second, "repeated"));
    EXPECT_EQ(text_or(*second, "evidence"), text_or(*first, "evidence"));
    const auto holds =
        agent_->request("inspect", {{"action", "plant-file"}, {"params", json::object{{"path", "/run/folder/note"}}}});
    EXPECT_TRUE(holds && bool_or(*holds, "holds"));
}

TEST_F(AgentEndToEnd, FillingLeavesRoom) {
    ASSERT_TRUE(personalise());
    const auto fill = [&](int mib) {
        return agent_->request("act", {{"act", "fill-" + std::to_string(mib)},
                                       {"action", "fill-quota"},
                                       {"params", json::object{{"path", "/run/small/filler"}, {"mib", mib}}}});
    };
    const auto too_much = fill(10);
    ASSERT_TRUE(too_much) << too_much.error().text();
    EXPECT_EQ(text_or(*too_much, "outcome"), "failed");
    const auto good = fill(9);
    ASSERT_TRUE(good) << good.error().text();
    EXPECT_EQ(text_or(*good, "outcome"), "ok") << text_or(*good, "evidence");
}

TEST_F(AgentEndToEnd, ProbesWithinItsReachOnly) {
    ASSERT_TRUE(personalise());
    const auto refused = agent_->request("probe", {{"type", "tcp"}, {"address", "192.0.2.1"}, {"port", 80}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "refused.target");
    const auto closed = agent_->request("probe", {{"type", "tcp"}, {"address", "127.0.0.1"}, {"port", 9}});
    ASSERT_TRUE(closed) << closed.error().text();
    EXPECT_EQ(text_or(*closed, "result"), "fail");
    const auto echo = agent_->request("probe", {{"type", "icmp"}, {"address", "127.0.0.1"}});
    ASSERT_TRUE(echo) << echo.error().text();
    EXPECT_EQ(text_or(*echo, "result"), "pass") << text_or(*echo, "reason");
}

TEST_F(AgentEndToEnd, AVantageWithoutAWayIsNotTheTargetsFault) {
    auto cut_off = spec();
    cut_off.routes.clear();
    ASSERT_TRUE(agent_->request("personalise", {{"spec", to_json(cut_off)}}));
    for (const auto* type : {"tcp", "icmp"}) {
        const auto result = agent_->request("probe", {{"type", type}, {"address", "198.19.0.1"}, {"port", 80}});
        ASSERT_TRUE(result) << result.error().text();
        EXPECT_EQ(text_or(*result, "result"), "error") << text_or(*result, "reason");
    }
}

TEST(AgentRestart, APersonalisedMachineStaysOne) {
    if (!RunningAgent::possible())
        GTEST_SKIP() << "needs root and namespaces";
    RunningAgent agent(prepare + R"(
mkdir /run/testudo
echo '{"spec_hash":"abc","reach":["127.0.0.0/8"],"services":[]}' > /run/testudo/personalised.json
)",
                       "--channel $CHANNEL");
    ASSERT_TRUE(agent.connect());
    const auto status = agent.request("status", {});
    ASSERT_TRUE(status) << status.error().text();
    EXPECT_TRUE(bool_or(*status, "personalised"));
    EXPECT_EQ(text_or(*status, "spec_hash"), "abc");
    EXPECT_TRUE(agent.request("probe", {{"type", "tcp"}, {"address", "127.0.0.1"}, {"port", 9}}));
}

TEST_F(AgentEndToEnd, CarriesSpecsOfHundredsOfKilobytes) {
    auto large = spec();
    large.files.push_back({"/run/folder/large", std::string(400'000, 'x') + "end", "0644", "root"});
    const auto done = agent_->request("personalise", {{"spec", to_json(large)}});
    ASSERT_TRUE(done) << done.error().text();
}

TEST_F(AgentEndToEnd, TellsWhoAnswersAKnock) {
    ASSERT_TRUE(personalise());
    const auto target = [](const char* address, int port) {
        return json::object{{"address", address}, {"port", port}};
    };
    const auto answer =
        agent_->request("knock", {{"targets", json::array{target("198.18.11.80", 0), target("198.18.11.80", 9),
                                                          target("198.18.11.99", 9), target("2001:db8:ffff::1", 0)}},
                                  {"timeout_ms", 500}});
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(array_or_empty(*answer, "answers"), (json::array{"echo", "refused", "", ""}));
    for (const auto& wrong : {json::object{}, json::object{{"targets", json::array{target("portal", 80)}}},
                              json::object{{"targets", json::array{target("198.18.11.80", 70'000)}}}}) {
        const auto refused = agent_->request("knock", wrong);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, "refused.params");
    }
}

TEST_F(AgentEndToEnd, SendsHonestAndForgedFramesAndHearsThem) {
    ASSERT_TRUE(personalise());
    // What eth0 sends comes out of the other end of the wire, in the same namespace.
    ASSERT_TRUE(
        agent_->request("emit", {{"interface", "lo"}, {"token", "0123456789abcdef"}, {"to_mac", "02:00:00:00:00:22"}}));
    const json::object ipv4{{"own", "198.18.11.80"}, {"to", "198.18.11.2"}, {"unused", "198.18.11.250"}};
    const json::object ipv6{{"own", "2001:db8:11::80"}, {"to", "2001:db8:11::2"}, {"unused", "2001:db8:11::250"}};
    const json::object emission{{"interface", "eth0"},
                                {"token", "0123456789abcdef"},
                                {"to_mac", "02:00:00:00:00:22"},
                                {"ipv4", ipv4},
                                {"ipv6", ipv6}};
    const auto sent = agent_->request("emit", emission);
    ASSERT_TRUE(sent) << sent.error().text();
    EXPECT_EQ(array_or_empty(*sent, "sent").size(), 7U);
    const auto heard =
        agent_->request("overhear", {{"interface", "far"}, {"token", "0123456789abcdef"}, {"time_ms", 200}});
    ASSERT_TRUE(heard) << heard.error().text();
    EXPECT_TRUE(array_or_empty(*heard, "heard").empty()) << "they were sent before it listened";
    auto elsewhere = emission;
    elsewhere["token"] = "short";
    for (const auto& [op, body] : {std::pair{"emit", elsewhere}, std::pair{"overhear", elsewhere}}) {
        const auto refused = agent_->request(op, body);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, "refused.params");
    }
}

TEST_F(AgentEndToEnd, HearsWhoIsOnItsSegment) {
    auto with_stranger = spec();
    // Somebody at the other end of the wire, in a namespace of its own, that nobody planned.
    with_stranger.setup = {
        "ip netns add other && ip link set far netns other && ip -n other link set far address "
        "02:00:00:00:00:99 && ip -n other addr add 198.18.11.253/24 dev far && ip -n other link set far up; "
        "sleep 0.2"};
    const auto done = agent_->request("personalise", {{"spec", to_json(with_stranger)}});
    ASSERT_TRUE(done) << done.error().text();
    const auto answer =
        agent_->request("census", {{"interface", "eth0"}, {"ipv4", "198.18.11.80/24"}, {"time_ms", 1'000}});
    ASSERT_TRUE(answer) << answer.error().text();
    const auto text = json::serialize(*answer);
    EXPECT_NE(text.find(R"("mac":"02:00:00:00:00:99","addresses":["198.18.11.253"])"), std::string::npos) << text;
    const auto elsewhere = agent_->request("census", {{"interface", "eth9"}});
    ASSERT_FALSE(elsewhere);
    EXPECT_EQ(elsewhere.error().code, "failed");
}

} // namespace
} // namespace testudo::agents
