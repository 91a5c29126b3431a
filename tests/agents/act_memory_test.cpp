#include "agents/agent/act_memory.hpp"

#include <gtest/gtest.h>

namespace testudo::agents {
namespace {

class ActMemoryTest : public testing::Test {
  protected:
    bool begin(const std::string& id) {
        return memory_.begin(id, [this](const Reply& reply) { answers_.push_back(reply); });
    }

    ActMemory memory_;
    std::vector<Reply> answers_;
};

const json::object result{{"outcome", "ok"}};

TEST_F(ActMemoryTest, ARepetitionGetsTheFirstResult) {
    EXPECT_TRUE(begin("a"));
    memory_.finish("a", result);
    EXPECT_FALSE(begin("a"));
    ASSERT_EQ(answers_.size(), 1u);
    EXPECT_EQ(answers_[0].error().code, "refused.repeated");
    EXPECT_EQ(answers_[0].error().result, result);
    EXPECT_TRUE(begin("b"));
}

TEST_F(ActMemoryTest, ARepetitionWaitsForAnActUnderWay) {
    EXPECT_TRUE(begin("a"));
    EXPECT_FALSE(begin("a"));
    EXPECT_FALSE(begin("a"));
    EXPECT_TRUE(answers_.empty());
    memory_.finish("a", result);
    ASSERT_EQ(answers_.size(), 2u);
    EXPECT_EQ(answers_[1].error().result, result);
}

TEST_F(ActMemoryTest, WhatWasRefusedMayBeTriedAgain) {
    EXPECT_TRUE(begin("a"));
    EXPECT_FALSE(begin("a"));
    memory_.finish("a", tl::unexpected(Refusal{"refused.params", "no", {}}));
    ASSERT_EQ(answers_.size(), 1u);
    EXPECT_EQ(answers_[0].error().code, "refused.params");
    EXPECT_TRUE(begin("a"));
}

} // namespace
} // namespace testudo::agents
