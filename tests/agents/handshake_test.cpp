#include "agents/protocol/handshake.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace testudo::agents {
namespace {

const std::string secret(64, '5');
const std::string nc(32, 'c');
const std::string na(32, 'a');

Frame parse(const std::string& bytes) {
    Frame out;
    FrameReader([&](const Frame& frame) { out = frame; }).receive(bytes);
    return out;
}

AgentHandshake agent(const std::string& key = secret, const std::string& machine = "portal@north") {
    return AgentHandshake(key, {machine, "1", "boot-1"});
}

struct Pair {
    SealedLink controller;
    SealedLink agent;
};

Pair joined() {
    ControllerHandshake c(secret, "portal@north", nc);
    auto a = agent();
    const auto welcome = c.receive(parse(a.receive(parse(c.hello()), na)));
    EXPECT_FALSE(c.done());
    EXPECT_EQ(c.receive(parse(a.receive(parse(welcome), na))), "");
    EXPECT_TRUE(c.done());
    return {c.link(), *a.take_link()};
}

TEST(Handshake, BothSidesProveTheSecretAndAgreeOnAKey) {
    ControllerHandshake c(secret, "portal@north", nc);
    auto a = agent();
    const auto hello = a.receive(parse(c.hello()), na);
    EXPECT_FALSE(a.take_link());
    const auto welcome = c.receive(parse(hello));
    const auto confirmed = a.receive(parse(welcome), na);
    auto link = a.take_link();
    ASSERT_TRUE(link);
    EXPECT_FALSE(a.take_link());
    c.receive(parse(confirmed));
    ASSERT_TRUE(c.done());
    EXPECT_EQ(c.agent().boot, "boot-1");
    EXPECT_EQ(c.agent().version, "1");
    const auto opened = link->open(parse(c.link().seal({{"id", "r1"}})));
    ASSERT_TRUE(opened);
    EXPECT_EQ(text_or(*opened, "id"), "r1");
}

TEST(Handshake, ControllerRefusesAWrongSecretAnotherMachineAndItsOwnEcho) {
    ControllerHandshake c(secret, "portal@north", nc);
    EXPECT_EQ(c.receive(parse(agent(std::string(64, '6')).receive(parse(c.hello()), na))), "");
    EXPECT_EQ(c.receive(parse(agent(secret, "portal@south").receive(parse(c.hello()), na))), "");
    EXPECT_EQ(c.receive(parse(c.hello())), "");
}

TEST(Handshake, ControllerRefusesAnAnswerToAnotherHello) {
    ControllerHandshake earlier(secret, "portal@north", std::string(32, 'e'));
    ControllerHandshake c(secret, "portal@north", nc);
    EXPECT_EQ(c.receive(parse(agent().receive(parse(earlier.hello()), na))), "");
}

TEST(Handshake, AgentRefusesAControllerWithoutTheSecret) {
    ControllerHandshake c(secret, "portal@north", nc);
    auto a = agent();
    a.receive(parse(c.hello()), na);
    EXPECT_EQ(a.receive(parse("- {\"op\":\"welcome\",\"proof\":\"" + std::string(64, '0') + "\"}\n"), na), "");
    EXPECT_EQ(a.receive(parse("- {\"op\":\"welcome\"}\n"), na), "");
    EXPECT_FALSE(a.take_link());
}

TEST(Handshake, ARecordedHandshakeCannotBePlayedAgain) {
    ControllerHandshake c(secret, "portal@north", nc);
    auto a = agent();
    const auto welcome = c.receive(parse(a.receive(parse(c.hello()), na)));
    a.receive(parse(welcome), na);
    EXPECT_TRUE(a.take_link());
    EXPECT_EQ(a.receive(parse(welcome), na), "");
    EXPECT_FALSE(a.take_link());
    a.receive(parse(c.hello()), std::string(32, 'b'));
    EXPECT_EQ(a.receive(parse(welcome), na), "");
    EXPECT_FALSE(a.take_link());
}

TEST(Handshake, AHelloThatWasSentTwiceStillLeadsToOneLink) {
    ControllerHandshake c(secret, "portal@north", nc);
    auto a = agent();
    const auto first = a.receive(parse(c.hello()), na);
    const auto second = a.receive(parse(c.hello()), std::string(32, 'b'));
    EXPECT_EQ(first, second);
    const auto welcome = c.receive(parse(first));
    EXPECT_EQ(c.receive(parse(second)), welcome);
    c.receive(parse(a.receive(parse(welcome), na)));
    EXPECT_EQ(a.receive(parse(welcome), na), "");
    EXPECT_TRUE(c.done());
}

TEST(SealedLink, DropsReplaysAndOldNumbers) {
    auto p = joined();
    const auto first = parse(p.controller.seal({{"id", "r1"}}));
    const auto second = parse(p.controller.seal({{"id", "r2"}}));
    EXPECT_TRUE(p.agent.open(second));
    EXPECT_FALSE(p.agent.open(second));
    EXPECT_FALSE(p.agent.open(first));
}

TEST(SealedLink, DropsChangedFramesAndReflections) {
    auto p = joined();
    const auto line = p.controller.seal({{"id", "r1"}});
    EXPECT_FALSE(p.controller.open(parse(line)));
    auto changed = line;
    changed.replace(changed.find("r1"), 2, "r9");
    EXPECT_FALSE(p.agent.open(parse(changed)));
    changed = line;
    changed[0] = changed[0] == '0' ? '1' : '0';
    EXPECT_FALSE(p.agent.open(parse(changed)));
    EXPECT_FALSE(p.agent.open(parse("- " + line.substr(33))));
    EXPECT_TRUE(p.agent.open(parse(line)));
}

} // namespace
} // namespace testudo::agents
