#include "orchestrator/daemon/exercise_folder.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace testudo::daemon {
namespace {

namespace fs = std::filesystem;

class ExerciseFolderTest : public ::testing::Test {
  protected:
    fs::path state = fs::temp_directory_path() / ("testudo-folder-" + std::to_string(::getpid()));
    void TearDown() override { fs::remove_all(state); }
};

TEST_F(ExerciseFolderTest, MakesASeedOnceAndKeepsItFromOthers) {
    const ExerciseFolder folder(state, "first-watch");
    EXPECT_FALSE(folder.exists());
    EXPECT_FALSE(folder.seed());
    ASSERT_TRUE(folder.create());
    const auto seed = folder.seed().value();
    EXPECT_EQ(seed.size(), 64U);
    ASSERT_TRUE(folder.create());
    EXPECT_EQ(folder.seed().value(), seed);
    struct stat info {};
    ASSERT_EQ(::stat((folder.path() / "seed").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
    ASSERT_EQ(::stat(folder.path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0700U);
}

TEST_F(ExerciseFolderTest, OpensOnlyWhatIsThere) {
    const auto typo = ExerciseFolder::open(state, "frist-watch");
    ASSERT_FALSE(typo);
    EXPECT_EQ(typo.error().code, "exercise.unknown");
    EXPECT_FALSE(fs::exists(state)); // looking leaves no trace
    ASSERT_TRUE(ExerciseFolder(state, "first-watch").create());
    const auto folder = ExerciseFolder::open(state, "first-watch");
    ASSERT_TRUE(folder);
    EXPECT_EQ(folder->name(), "first-watch");
}

TEST_F(ExerciseFolderTest, AnUnwritablePlaceIsAnError) {
    fs::create_directories(state);
    std::ofstream(state / "exercises") << "a file where the folder should be";
    const auto made = ExerciseFolder(state, "x").create();
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, "state.unwritable");
}

TEST_F(ExerciseFolderTest, OldLogsGetNumbers) {
    const ExerciseFolder folder(state, "first-watch");
    ASSERT_TRUE(folder.create());
    EXPECT_EQ(folder.old_log().filename(), "log-1.db");
    std::ofstream(folder.old_log()) << "x";
    EXPECT_EQ(folder.old_log().filename(), "log-2.db");
}

TEST_F(ExerciseFolderTest, ATemplateNamesItsExercise) {
    fs::create_directories(state);
    const auto file = state / "range.yaml";
    std::ofstream(file) << "testudo: 1\nexercise: first-watch # the smallest\n";
    EXPECT_EQ(exercise_name(file.string()).value(), "first-watch");
    EXPECT_EQ(exercise_name("harbour-shield").value(), "harbour-shield");
    EXPECT_FALSE(exercise_name("../etc"));
    EXPECT_FALSE(exercise_name("no/such/file.yaml"));
}

} // namespace
} // namespace testudo::daemon
