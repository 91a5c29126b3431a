#include <cstdlib>
#include <gtest/gtest.h>

#include "agents/protocol/personalise_spec.hpp"
#include "tests/agents/running_agent.hpp"
#include "tests/agents/running_container.hpp"

// The agent as the first program of a container, set up the way libvirt does it, over a root that holds little more
// than busybox. TESTUDO_TEST_ROOT names an image's root to use instead.
namespace testudo::agents {
namespace {

class ContainerInit : public testing::Test {
  protected:
    void SetUp() override {
        if (!RunningAgent::possible() || std::system("test -x /bin/busybox") != 0)
            GTEST_SKIP() << "needs root, namespaces and busybox";
        agent_.emplace(prepare_container, "--init");
        ASSERT_TRUE(agent_->connect()) << agent_->console();
    }

    // Personalises with this setup line, which writes what it finds to /run/found, and tells whether that has the text.
    // busybox' mount and the like show what any program of the container sees.
    Result<json::object> set_up(const std::string& line) {
        PersonaliseSpec spec;
        spec.hostname = "portal";
        spec.interfaces = {{"eth0", "02:00:00:00:00:11", "198.18.11.80/24", "2001:db8:11::80/64"}};
        spec.setup = {"exec > /run/found 2>&1; " + line + "; true"};
        spec.reach = {"198.18.11.0/24"};
        return agent_->request("personalise", {{"spec", to_json(spec)}});
    }
    bool found(const std::string& text) {
        const auto seen = agent_->request(
            "inspect", {{"action", "deface"}, {"params", json::object{{"path", "/run/found"}, {"text", text}}}});
        EXPECT_TRUE(seen) << seen.error().text();
        return seen && bool_or(*seen, "holds");
    }

    std::optional<RunningAgent> agent_;
};

TEST_F(ContainerInit, MakesTheRootWritableAndLeavesNothingOfTheHost) {
    const auto done = set_up("touch /etc/new && echo written; ls /overlay /testudo; mount; "
                             "cat /proc/1/environ | grep -c aaaaaaaa; echo end");
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_TRUE(found("written"));
    EXPECT_TRUE(found("overlay on / "));
    EXPECT_FALSE(found("/testudo "));
    EXPECT_FALSE(found("testudo-agent"));
    EXPECT_FALSE(found("/mnt"));
    EXPECT_TRUE(found("0\nend")) << "the secret is still in the environment";
}

TEST_F(ContainerInit, NamesTheMachineAndItsInterfaces) {
    const auto done = set_up("hostname; ip addr show dev eth0");
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_TRUE(found("portal\n"));
    EXPECT_TRUE(found("198.18.11.80/24"));
}

TEST_F(ContainerInit, ServicesCannotReachPastTheContainer) {
    const auto done = set_up("mount -t tmpfs t /tmp && echo mounted; mount -o remount,rw /proc/sys && echo remounted; "
                             "echo x > /proc/sysrq-trigger && echo triggered; "
                             "echo x > /proc/sys/kernel/core_pattern && echo patterned; "
                             "echo 1 > /proc/sys/net/ipv4/ip_forward && echo forwarding; "
                             "grep CapEff /proc/1/status; grep CapBnd /proc/self/status");
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_FALSE(found("mounted"));
    EXPECT_FALSE(found("remounted"));
    EXPECT_FALSE(found("triggered"));
    EXPECT_FALSE(found("patterned"));
    EXPECT_TRUE(found("forwarding")) << "the network is the container's own";
}

TEST_F(ContainerInit, OffersALoginAgainAndAgainAndReapsOrphans) {
    const auto done = set_up("(sleep 0.2 &) ; sleep 0.5; ps");
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_FALSE(found("[sleep]"));
    EXPECT_TRUE(agent_->console_shows("login:")) << agent_->console();
    agent_->type("root\n");
    EXPECT_TRUE(agent_->console_shows("assword:")) << agent_->console();
}

} // namespace
} // namespace testudo::agents
