// What clones and saved machines are made of, without a hypervisor.

#include <atomic>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include "orchestrator/core/digest.hpp"
#include "orchestrator/libvirt/files.hpp"
#include "orchestrator/libvirt/golden_store.hpp"
#include "orchestrator/libvirt/machine_xml.hpp"
#include "orchestrator/libvirt/restore_feed.hpp"
#include "orchestrator/libvirt/save_image.hpp"
#include "orchestrator/libvirt/snapshot_store.hpp"
#include "orchestrator/range/snapshots.hpp"

namespace testudo::libvirt {
namespace {
namespace fs = std::filesystem;

class SavedStateTest : public testing::Test {
  protected:
    SavedStateTest() { fs::create_directories(root_); }
    ~SavedStateTest() override { fs::remove_all(root_); }
    void put(const fs::path& path, const std::string& text) {
        fs::create_directories((root_ / path).parent_path());
        std::ofstream(root_ / path, std::ios::binary) << text;
    }

    fs::path root_ = fs::temp_directory_path() / ("testudo-saved-" + random_hex(6));
};

TEST_F(SavedStateTest, AHeadIsReadAsItWasWritten) {
    for (const std::string cookie : {"", "<cookie/>"}) {
        const auto head = head_of_save_image("<domain/>", cookie);
        put("state", head + "stream");
        const auto image = read_save_image(root_ / "state");
        ASSERT_TRUE(image) << image.error().text();
        EXPECT_EQ(image->xml, "<domain/>");
        EXPECT_EQ(image->cookie, cookie);
        EXPECT_EQ(image->stream_at, head.size());
    }
}

TEST_F(SavedStateTest, WhatIsNotKnownIsRefused) {
    const auto good = head_of_save_image("<domain/>", "") + "stream";
    auto other_magic = good;
    other_magic[0] = 'l';
    auto other_version = good;
    other_version[16] = 3;
    auto compressed = good;
    compressed[28] = 1;
    auto beyond = good;
    beyond[23] = 1; // an area of more than 16 MiB
    for (const auto& text : {std::string(), good.substr(0, 50), good.substr(0, 95), good.substr(0, good.size() - 6),
                             other_magic, other_version, compressed, beyond}) {
        put("state", text);
        const auto image = read_save_image(root_ / "state");
        ASSERT_FALSE(image) << text.size();
        EXPECT_EQ(image.error().code, "save-image.unknown");
    }
}

TEST_F(SavedStateTest, TheFeedGivesTheNewHeadAndTheOldStream) {
    const std::string stream(5'000'000, 's');
    put("state", "old head" + stream);
    const auto feed = RestoreFeed::open(root_ / "fifo", "new head", root_ / "state", 8);
    ASSERT_TRUE(feed) << feed.error().text();
    std::ifstream in((*feed)->path(), std::ios::binary);
    const std::string got{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(got.size(), 8 + stream.size());
    EXPECT_EQ(got.substr(0, 8), "new head");
    EXPECT_EQ(got.find_first_not_of('s', 8), std::string::npos);
}

TEST_F(SavedStateTest, AFeedThatNobodyReadsEnds) {
    put("state", std::string(5'000'000, 's'));
    { const auto feed = RestoreFeed::open(root_ / "fifo", "head", root_ / "state", 0); }
    EXPECT_FALSE(fs::exists(root_ / "fifo"));
}

TEST_F(SavedStateTest, WhoeverWaitsForAFeedThatDiedIsLetGo) {
    ASSERT_EQ(::mkfifo((root_ / "fifo").c_str(), 0600), 0);
    std::atomic<bool> ended = false;
    std::thread waiting([&] {
        const int fd = ::open((root_ / "fifo").c_str(), O_RDONLY); // as libvirt does; waits for a writer
        ::close(fd);
        ended = true;
    });
    while (!ended) {
        RestoreFeed::release(root_ / "fifo");
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    waiting.join();
    RestoreFeed::release(root_ / "absent");
}

TEST_F(SavedStateTest, ASavedMachineWakesUpAsAnother) {
    range::MachineSpec golden;
    golden.name = "golden";
    golden.uuid = "00000000-0000-0000-0000-000000000001";
    golden.memory_mib = 256;
    const VmFiles old_files{"/g/disk.qcow2", "/k", "/i", "quiet", "/agent.img", "/g/secret", "/g/machine"};
    auto saved = golden_xml(golden, old_files, "tcg");
    const auto at = saved.find("<target type=\"virtio\"");
    saved.insert(at, "<source mode=\"bind\" path=\"/run/golden.sock\" />");
    range::MachineSpec spec;
    spec.name = "tst-x-plc";
    spec.uuid = "00000000-0000-0000-0000-000000000002";
    spec.title = "PLC";
    spec.mark = {"x", "plc@north", "p", "s"};
    VmFiles files;
    files.disk = "/m/disk.qcow2";
    files.secret = "/m/secret";
    files.machine = "/m/machine";
    const auto xml = revived_xml(saved, spec, files);
    ASSERT_TRUE(xml) << xml.error().text();
    EXPECT_EQ(read_metadata(*xml)->mark, spec.mark);
    EXPECT_EQ(read_metadata(*xml)->kind, "vm");
    for (const auto* gone : {"/g/", "golden", "000001"})
        EXPECT_EQ(xml->find(gone), std::string::npos) << gone << " in " << *xml;
    for (const auto* there : {"<name>tst-x-plc</name>", "000002", "/m/disk.qcow2", "/m/secret", "/m/machine",
                              "/agent.img", "pcie-root-port", "<title>PLC</title>"})
        EXPECT_NE(xml->find(there), std::string::npos) << there << " in " << *xml;
    EXPECT_EQ(disk_layers(*xml), std::vector<fs::path>{"/m/disk.qcow2"});
    EXPECT_FALSE(revived_xml("<domain/>", spec, files));
    EXPECT_FALSE(revived_xml("noise", spec, files));
}

TEST_F(SavedStateTest, GoldenMachinesAreFoundByTheirKindAndGoWhenOfNoUse) {
    put("image/disk.qcow2", "");
    const GoldenStore store(root_ / "golden");
    const GoldenKind kind{root_ / "image", "agent1", 256, 1, "tcg", "v1"};
    auto larger = kind;
    larger.memory_mib = 512;
    EXPECT_NE(kind.key(), larger.key());
    ASSERT_TRUE(store.lock(kind.key(), FileLock::Kind::exclusive));
    const auto golden = *store.begin(kind);
    EXPECT_FALSE(store.find(kind.key())); // half-made
    put(golden.state(), "state");
    ASSERT_TRUE(store.find(kind.key()));
    EXPECT_FALSE(store.find(larger.key()));
    store.prune("agent1", "v1");
    EXPECT_TRUE(store.find(kind.key()));

    const auto half = *store.begin(larger);
    {
        const auto making = store.lock(larger.key(), FileLock::Kind::exclusive);
        store.prune("agent1", "v1");
        EXPECT_TRUE(fs::exists(half.directory)); // somebody is at it
    }
    store.prune("agent1", "v1");
    EXPECT_FALSE(fs::exists(half.directory));

    store.prune("agent2", "v1");
    EXPECT_FALSE(fs::exists(golden.directory));
}

TEST_F(SavedStateTest, ALockHasOneHolder) {
    const auto file = root_ / "lock";
    {
        const auto shared = FileLock::try_take(file, FileLock::Kind::shared);
        EXPECT_TRUE(FileLock::try_take(file, FileLock::Kind::shared));
        EXPECT_FALSE(FileLock::try_take(file, FileLock::Kind::exclusive));
    }
    const auto exclusive = FileLock::try_take(file, FileLock::Kind::exclusive);
    EXPECT_TRUE(exclusive);
    EXPECT_FALSE(FileLock::try_take(file, FileLock::Kind::shared));
}

TEST_F(SavedStateTest, ASnapshotNeedsNeitherItsMachineNorOtherSnapshots) {
    const SnapshotStore store(root_ / "snapshots");
    const range::MachineRef machine{plan::MachineKind::vm, "tst-x-plc", "u1"};
    const range::Mark mark{"x", "plc@north", "p", "s"};
    put("machines/tst-x-plc/disk.qcow2", "lower");
    put("machines/tst-x-plc/disk.1.qcow2", "upper");
    const auto home = root_ / "machines/tst-x-plc";
    const auto abandoned = *store.begin("x", machine.name);
    const auto first = *store.begin("x", machine.name);
    EXPECT_FALSE(fs::exists(abandoned));
    ASSERT_TRUE(store.finish(first, "first", machine.uuid, mark, {home / "disk.qcow2"}));
    ASSERT_TRUE(store.finish(*store.begin("x", machine.name), "second", machine.uuid, mark,
                             {home / "disk.qcow2", home / "disk.1.qcow2"}));
    fs::remove_all(home);
    ASSERT_TRUE(store.forget(machine, "first"));
    EXPECT_EQ(store.find("x", machine.name, "first").error().code, "range.no-snapshot");
    const auto second = store.find("x", machine.name, "second");
    ASSERT_TRUE(second) << second.error().text();
    EXPECT_EQ(second->mark, mark);
    ASSERT_EQ(second->layers.size(), 2U);
    EXPECT_EQ(text_of(second->layers[0]), "lower");
    EXPECT_EQ(text_of(second->layers[1]), "upper");
    EXPECT_TRUE(store.forget({plan::MachineKind::vm, machine.name, "another"}, "second"));
    EXPECT_TRUE(store.find("x", machine.name, "second"));
    EXPECT_TRUE(store.forget(machine, "second"));
    EXPECT_TRUE(fs::is_empty(root_ / "snapshots"));
}

TEST_F(SavedStateTest, ASnapshotsNameCannotLeadOutOfItsFolder) {
    for (const auto* good : {"a", "Day_1", "before-attack.2"})
        EXPECT_TRUE(range::Snapshots::check_name(good)) << good;
    for (const auto& bad : {std::string(), std::string(".."), std::string("a/b"), std::string(65, 'a')})
        EXPECT_EQ(range::Snapshots::check_name(bad).error().code, "snapshot.invalid") << bad;
}

} // namespace
} // namespace testudo::libvirt
