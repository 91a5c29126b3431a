#include "web/api/tokens.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace testudo::web {
namespace {

namespace fs = std::filesystem;

class TokensTest : public testing::Test {
  protected:
    const fs::path folder_ = fs::temp_directory_path() / ("testudo-tokens-" + std::to_string(::getpid()));
    const fs::path file_ = folder_ / "tokens.json";
    void SetUp() override { fs::create_directories(folder_); }
    void TearDown() override { fs::remove_all(folder_); }
    std::string text() const {
        std::ifstream in(file_);
        return {std::istreambuf_iterator<char>(in), {}};
    }
};

TEST_F(TokensTest, FindsItsHolder) {
    Tokens tokens;
    const auto white = tokens.issue({Role::white, "", "white 1"});
    const auto north = tokens.issue({Role::team, "north", "lead"});
    EXPECT_EQ(white.size(), 43U); // 32 bytes in base64url without padding
    EXPECT_EQ(white.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), white.npos);
    EXPECT_EQ(tokens.find(white), (Caller{Role::white, "", "white 1"}));
    EXPECT_EQ(tokens.find(north), (Caller{Role::team, "north", "lead"}));
    EXPECT_FALSE(tokens.find(""));
    EXPECT_FALSE(tokens.find(white + "x"));
    EXPECT_FALSE(tokens.find(white.substr(1)));
}

TEST_F(TokensTest, AreDifferentEachTime) {
    Tokens tokens;
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i)
        seen.insert(tokens.issue({Role::white, "", ""}));
    EXPECT_EQ(seen.size(), 100U);
}

TEST_F(TokensTest, AreSavedAsHashesForTheOwnerOnly) {
    Tokens tokens;
    const auto token = tokens.issue({Role::team, "north", "lead"});
    ASSERT_TRUE(tokens.save(file_));
    ASSERT_TRUE(tokens.save(file_)); // replaces it
    struct stat status {};
    ASSERT_EQ(::stat(file_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    EXPECT_THAT(text(), testing::Not(testing::HasSubstr(token)));
    const auto loaded = Tokens::load(file_);
    ASSERT_TRUE(loaded) << loaded.error().text();
    EXPECT_EQ(loaded->find(token), (Caller{Role::team, "north", "lead"}));
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(TokensTest, RefusesAFileThatOthersCanRead) {
    Tokens tokens;
    ASSERT_TRUE(tokens.save(file_));
    ::chmod(file_.c_str(), 0640);
    EXPECT_EQ(Tokens::load(file_).error().code, "tokens.exposed");
}

TEST_F(TokensTest, RefusesAFileThatIsNone) {
    EXPECT_EQ(Tokens::load(file_).error().code, "tokens.unreadable");
    for (const auto* text : {"", "[]", R"({"tokens":[1]})", R"({"tokens":[{"role":"white","sha256":""}]})",
                             R"({"tokens":[{"role":"king","sha256":")"
                             "0000000000000000000000000000000000000000000000000000000000000000\"}]}"}) {
        std::ofstream(file_) << text;
        ::chmod(file_.c_str(), 0600);
        EXPECT_EQ(Tokens::load(file_).error().code, "tokens.corrupt") << text;
    }
}

} // namespace
} // namespace testudo::web
