#include "orchestrator/template/sources.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

#include "orchestrator/template/load.hpp"

namespace testudo::template_ {
namespace {

namespace fs = std::filesystem;

class SourcesTest : public testing::Test {
  protected:
    void SetUp() override {
        root_ = fs::temp_directory_path() / ("testudo-sources-" + std::to_string(getpid()));
        fs::create_directories(root_ / "range" / "files");
        fs::create_directories(root_ / "lib");
        write("secret", "outside");
        write("lib/shared.txt", "shared");
        write("range/files/own.txt", "own");
        fs::create_symlink(root_ / "secret", root_ / "range" / "link");
        fs::create_symlink(root_, root_ / "range" / "up");
    }
    void TearDown() override { fs::remove_all(root_); }

    void write(const std::string& name, const std::string& text) const { std::ofstream(root_ / name) << text; }

    std::string read(const std::string& name, const std::string& code = "") {
        Sources sources((root_ / "range" / "range.yaml").string());
        Diagnostics out;
        const auto file = sources.included(name, Span{}, out);
        EXPECT_EQ(out.empty() ? "" : out.front().code, code) << name;
        return file ? file->text : "";
    }

    fs::path root_;
};

TEST_F(SourcesTest, reads_beside_the_template_and_in_lib) {
    EXPECT_EQ(read("files/own.txt"), "own");
    EXPECT_EQ(read("files/../files/own.txt"), "own");
    EXPECT_EQ(read("lib/shared.txt"), "shared");
}

TEST_F(SourcesTest, reads_nothing_else) {
    for (const auto* name : {"../secret", "lib/../secret", "lib/../../secret", "files/../../secret", "link",
                             "up/secret", "/etc/hostname", ""})
        EXPECT_EQ(read(name, "T0302"), "") << name;
}

TEST_F(SourcesTest, says_what_cannot_be_read) {
    read("files/none.txt", "T0301");
    read("files", "T0301");
    write("range/binary", std::string("a\0b", 3));
    read("binary", "T0303");
    write("range/large", std::string((1U << 20U) + 1, 'x'));
    read("large", "T0301");
}

TEST_F(SourcesTest, a_template_that_is_not_there_is_a_diagnostic) {
    const auto loaded = load((root_ / "nothing.yaml").string());
    ASSERT_EQ(loaded.diagnostics.size(), 1U);
    EXPECT_EQ(loaded.diagnostics.front().code, "T0101");
    EXPECT_FALSE(render(loaded.diagnostics.front()).empty());
}

} // namespace
} // namespace testudo::template_
