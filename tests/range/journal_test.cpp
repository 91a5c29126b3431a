#include "orchestrator/range/journal.hpp"

#include <fstream>
#include <gtest/gtest.h>

#include "orchestrator/core/digest.hpp"
#include "orchestrator/core/loop.hpp"

namespace testudo::range {
namespace {

class JournalTest : public testing::Test {
  protected:
    ~JournalTest() override { std::filesystem::remove(file_); }

    std::unique_ptr<Journal> open() {
        auto journal = Journal::open(file_, loop_.clock());
        EXPECT_TRUE(journal) << journal.error().text();
        return std::move(*journal);
    }
    std::string text() const {
        std::ifstream in(file_);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void append(const std::string& bytes) { std::ofstream(file_, std::ios::app) << bytes; }

    static Step step(Step::Act act, const std::string& object) {
        return {act, object, "tst-" + object, {}, "", {}, {}};
    }

    VirtualLoop loop_;
    std::filesystem::path file_ = std::filesystem::temp_directory_path() / ("testudo-journal-" + random_hex(6));
};

TEST_F(JournalTest, RemembersWhatWasBegunAndNotEnded) {
    {
        auto journal = open();
        EXPECT_TRUE(journal->last_ended());
        journal->begin("up", "hash", 2);
        journal->will(step(Step::Act::create_machine, "a"));
        journal->will(step(Step::Act::create_machine, "b"));
        journal->did(step(Step::Act::create_machine, "a"));
    }
    const auto journal = open();
    EXPECT_FALSE(journal->last_ended());
    EXPECT_EQ(journal->last_command(), "up");
    ASSERT_EQ(journal->open_acts().size(), 1U);
    EXPECT_EQ(journal->open_acts()[0].object, "b");
}

TEST_F(JournalTest, TheEntryIsInTheFileWhenWillReturns) {
    auto journal = open();
    journal->begin("up", "hash", 1);
    journal->will(step(Step::Act::create_network, "office@north"));
    EXPECT_NE(text().find(R"("entry":"will","act":"create-network","object":"office@north")"), std::string::npos);
}

TEST_F(JournalTest, ATornLastLineIsCutOff) {
    { open()->begin("up", "hash", 1); }
    append(R"({"entry":"will","act":"create-ma)");
    {
        const auto journal = open();
        EXPECT_TRUE(journal->open_acts().empty());
        journal->end(0);
    }
    EXPECT_TRUE(open()->last_ended());
}

TEST_F(JournalTest, ABrokenLineInTheMiddleIsNotPassedOver) {
    { open()->begin("up", "hash", 1); }
    append("rubbish\n");
    append("{\"entry\":\"end\"}\n");
    const auto journal = Journal::open(file_, loop_.clock());
    ASSERT_FALSE(journal);
    EXPECT_EQ(journal.error().code, "journal.corrupt");
    EXPECT_NE(journal.error().message.find("line 2"), std::string::npos);
}

TEST_F(JournalTest, OneExerciseIsWorkedOnByOneProcess) {
    const auto journal = open();
    const auto second = Journal::open(file_, loop_.clock());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, "journal.locked");
}

} // namespace
} // namespace testudo::range
