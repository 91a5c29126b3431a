#include "orchestrator/libvirt/files.hpp"

#include <fstream>
#include <gtest/gtest.h>

#include "orchestrator/core/digest.hpp"
#include "orchestrator/libvirt/command.hpp"
#include "tests/images/sealed_image.hpp"

namespace testudo::libvirt {
namespace {
namespace fs = std::filesystem;

class FilesTest : public testing::Test {
  protected:
    FilesTest() { fs::create_directories(root_); }
    ~FilesTest() override { fs::remove_all(root_); }

    void put(const fs::path& path, const std::string& text) {
        fs::create_directories((root_ / path).parent_path());
        std::ofstream(root_ / path) << text;
    }

    fs::path root_ = fs::temp_directory_path() / ("testudo-files-" + random_hex(6));
};

TEST_F(FilesTest, AnImageIsItsDirectoryAndNotTheLink) {
    fs::create_directories(root_ / "debian-range-1/root");
    put("debian-range-1/contents.txt", "");
    images::seal(root_ / "debian-range-1", "debian-range", "container", {"contents.txt"});
    EXPECT_EQ(*ImageStore(root_).container_root("debian-range"), fs::canonical(root_) / "debian-range-1/root");
}

TEST_F(FilesTest, AMissingImageIsToldWithTheCommandThatMakesIt) {
    const auto missing = ImageStore(root_).vm("debian-vm");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, "image.missing");
    EXPECT_NE(missing.error().message.find("testudo image build debian-vm"), std::string::npos);
    fs::create_directories(root_ / "debian-vm");
    EXPECT_EQ(ImageStore(root_).vm("debian-vm").error().code, "image.unsealed");
}

TEST_F(FilesTest, AnAlteredImageIsRefused) {
    put("stock-1/disk.qcow2", "as imported");
    images::seal(root_ / "stock-1", "stock", "vm", {"disk.qcow2"}, "EXERCISE UNCLASSIFIED", "disk");
    const auto good = ImageStore(root_).vm("stock");
    ASSERT_TRUE(good) << good.error().text();
    EXPECT_TRUE(good->kernel.empty());
    EXPECT_EQ(ImageStore(root_).container_root("stock").error().code, "image.kind");
    put("stock-1/disk.qcow2", "as IMPORTED");
    const auto altered = ImageStore(root_).vm("stock");
    ASSERT_FALSE(altered);
    EXPECT_EQ(altered.error().code, "image.altered");
    EXPECT_NE(altered.error().message.find("disk.qcow2 (content)"), std::string::npos);
    EXPECT_NE(altered.error().message.find("testudo image import"), std::string::npos);
}

TEST_F(FilesTest, ANewerAgentLeavesTheOlderAlone) {
    put("testudo-agent", "one");
    const auto first = *AgentStore(root_ / "testudo-agent", root_ / "agent").directory();
    EXPECT_EQ(text_of(first / "testudo-agent"), "one");
    EXPECT_EQ(*AgentStore(root_ / "testudo-agent", root_ / "agent").directory(), first);
    put("testudo-agent", "two");
    const auto second = *AgentStore(root_ / "testudo-agent", root_ / "agent").directory();
    EXPECT_NE(first, second);
    EXPECT_EQ(text_of(first / "testudo-agent"), "one");
}

TEST_F(FilesTest, TheAgentsDiskHoldsTheAgent) {
    put("testudo-agent", std::string(3'000'000, 'x'));
    AgentStore store(root_ / "testudo-agent", root_ / "agent");
    const auto image = store.image();
    ASSERT_TRUE(image) << image.error().text();
    EXPECT_TRUE(run_command({"e2label", image->string()}));
    EXPECT_TRUE(run_command({"debugfs", "-R", "dump testudo-agent " + (root_ / "out").string(), image->string()}));
    EXPECT_EQ(fs::file_size(root_ / "out"), 3'000'000U);
    EXPECT_EQ(*store.image(), *image);
}

TEST_F(FilesTest, WhatAMachineLeavesBehindIsFoundByItsMark) {
    range::MachineSpec spec;
    spec.name = "tst-x-plc";
    spec.uuid = "u";
    spec.mark = {"x", "plc@north", "p", "s"};
    spec.secret = "hush";
    ASSERT_TRUE(run_command({"qemu-img", "create", "-q", "-f", "qcow2", (root_ / "base.qcow2").string(), "10M"}));
    const MachineFiles files(root_ / "machines");
    EXPECT_TRUE(files.list().empty());
    const auto made = files.create(spec, {root_ / "base.qcow2", "k", "i", "quiet"}, "agent");
    ASSERT_TRUE(made) << made.error().text();
    EXPECT_EQ(text_of(made->secret), "hush" + std::string(252, '\n'));
    EXPECT_EQ(text_of(made->machine), "plc@north" + std::string(247, '\n'));
    EXPECT_EQ(fs::status(made->secret).permissions(), fs::perms(0600));
    ASSERT_EQ(files.list().size(), 1U);
    EXPECT_EQ(files.list()[0].marked.mark, spec.mark);
    EXPECT_EQ(files.list()[0].name, spec.name);
    files.remove(spec.name);
    files.remove(spec.name);
    EXPECT_TRUE(files.list().empty());
    EXPECT_TRUE(fs::is_empty(root_ / "machines"));
}

TEST_F(FilesTest, AFailedCommandKeepsItsWords) {
    const auto failed = run_command({"sh", "-c", "echo why not >&2; exit 3"});
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().message, "why not");
    EXPECT_EQ(run_command({"testudo-no-such-program"}).error().code, "command.missing");
}

} // namespace
} // namespace testudo::libvirt
