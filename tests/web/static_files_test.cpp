#include "web/server/static_files.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace testudo::web {
namespace {

namespace fs = std::filesystem;

class StaticFilesTest : public testing::Test {
  protected:
    const fs::path root_ = fs::temp_directory_path() / ("testudo-files-" + std::to_string(::getpid()));
    void SetUp() override { fs::create_directories(root_ / "assets"); }
    void TearDown() override { fs::remove_all(root_); }
    void write(const std::string& name, const std::string& text) { std::ofstream(root_ / name) << text; }
};

TEST_F(StaticFilesTest, KnowsTypesAndHowLongToKeepThem) {
    write("index.html", "page");
    write("assets/a.css", "css");
    write("favicon.svg", "svg");
    write("data.bin", "?");
    const auto files = StaticFiles::load(root_).value();
    EXPECT_EQ(files.find("/"), files.find("/index.html"));
    EXPECT_EQ(files.find("/")->cache_control, "no-store");
    EXPECT_EQ(files.find("/assets/a.css")->content_type, "text/css; charset=utf-8");
    EXPECT_EQ(files.find("/assets/a.css")->cache_control, "public, max-age=31536000, immutable");
    EXPECT_EQ(files.find("/favicon.svg")->content_type, "image/svg+xml");
    EXPECT_EQ(files.find("/favicon.svg")->cache_control, "public, max-age=300");
    EXPECT_EQ(files.find("/data.bin")->content_type, "application/octet-stream");
    EXPECT_EQ(files.find("/assets"), nullptr);
    EXPECT_EQ(files.find("/assets/"), nullptr);
    EXPECT_EQ(files.find(""), nullptr);
}

TEST_F(StaticFilesTest, RefusesAFolderWithoutPages) {
    EXPECT_EQ(StaticFiles::load(root_).error().code, "web.ui.empty");
    EXPECT_EQ(StaticFiles::load(root_ / "none").error().code, "web.ui.unreadable");
}

} // namespace
} // namespace testudo::web
