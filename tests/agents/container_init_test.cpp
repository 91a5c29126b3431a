#include <cstdlib>
#include <gtest/gtest.h>

#include "agents/protocol/base64.hpp"
#include "agents/protocol/personalise_spec.hpp"
#include "orchestrator/core/digest.hpp"
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

// What a team did to one container is put into a fresh one: it is there as it was, and setup does not run again.
TEST_F(ContainerInit, KeepsItsFilesAndTakesThemBack) {
    const auto done = set_up("mkdir -p /var/lib/app; echo precious > /var/lib/app/data; rm /sbin/agetty; "
                             "(while :; do echo x >> /var/lib/app/log; done) & echo $! > /run/writer");
    ASSERT_TRUE(done) << done.error().text();
    const auto kept = agent_->request("keep", {});
    ASSERT_TRUE(kept) << kept.error().text();
    std::string archive;
    while (archive.size() < static_cast<std::size_t>(int_or(*kept, "size"))) {
        const auto part = agent_->request("fetch", {{"offset", archive.size()}});
        ASSERT_TRUE(part) << part.error().text();
        archive += from_base64(text_or(*part, "data")).value_or("");
    }
    EXPECT_EQ(sha256_hex(archive), text_or(*kept, "sha256"));
    const auto again = agent_->request("fetch", {{"offset", 0}});
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, "refused.params") << "its memory is given back";
    // Only stopped for a moment.
    ASSERT_TRUE(agent_->request("act", {{"act", "1"},
                                        {"action", "plant-file"},
                                        {"params", json::object{{"path", "/var/lib/app/after"}, {"content", "x"}}}}));

    agent_.reset();
    agent_.emplace(prepare_container, "--init");
    ASSERT_TRUE(agent_->connect()) << agent_->console();
    PersonaliseSpec spec;
    spec.hostname = "portal";
    spec.interfaces = {{"eth0", "02:00:00:00:00:11", "198.18.11.80/24", ""}};
    spec.setup = {"echo spoilt > /var/lib/app/data"};
    const json::object back{{"spec", to_json(spec)}, {"kept", sha256_hex(archive)}};
    const auto nothing_given = agent_->request("personalise", back);
    ASSERT_FALSE(nothing_given);
    EXPECT_EQ(nothing_given.error().code, "refused.params");
    for (std::size_t at = 0; at < archive.size(); at += 300'000)
        ASSERT_TRUE(agent_->request("give", {{"offset", at}, {"data", to_base64(archive.substr(at, 300'000))}}));
    const auto set_up_again = agent_->request("personalise", back);
    ASSERT_TRUE(set_up_again) << set_up_again.error().text();
    const auto has = [&](const std::string& path, const std::string& text) {
        const auto seen = agent_->request(
            "inspect", {{"action", "deface"}, {"params", json::object{{"path", path}, {"text", text}}}});
        return seen && bool_or(*seen, "holds");
    };
    EXPECT_TRUE(has("/var/lib/app/data", "precious"));
    EXPECT_TRUE(has("/var/lib/app/log", "x\n"));
    EXPECT_FALSE(has("/var/lib/app/after", "x")) << "it came later";
    EXPECT_TRUE(has("/etc/hostname", "portal"));
    EXPECT_FALSE(has("/sbin/agetty", "login")) << "it had been removed";
}

} // namespace
} // namespace testudo::agents
