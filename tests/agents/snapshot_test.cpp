#include "agents/snapshot/changes.hpp"

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <sys/stat.h>
#include <thread>

#include "orchestrator/core/digest.hpp"

// Files are packed on one machine and unpacked over another of the same image. Folders stand for both; what is older
// than `since` is the image's.
namespace testudo::agents {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t enough = std::size_t{1} << 24U;

class Changes : public testing::Test {
  protected:
    void SetUp() override {
        for (const auto& root : {one_, other_}) {
            fs::create_directories(root / "etc/app");
            write(root, "/etc/motd", "from the image");
            write(root, "/etc/app/old", "old");
            fs::create_directories(root / "untouched");
            write(root, "/untouched/file", "untouched");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20)); // the kernel's clock ticks in steps
        write(fs::temp_directory_path(), "/" + name_ + "-now", "");
        struct stat now {};
        ASSERT_EQ(::stat((fs::temp_directory_path() / (name_ + "-now")).c_str(), &now), 0);
        since_ = now.st_ctim;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        // An overlay copies the folders above a change up with it.
        for (const auto& folder : {one_, one_ / "etc"})
            fs::permissions(folder, fs::status(folder).permissions());
    }
    void TearDown() override {
        fs::remove_all(one_);
        fs::remove_all(other_);
        fs::remove(fs::temp_directory_path() / (name_ + "-now"));
    }

    static void write(const fs::path& root, const std::string& path, const std::string& text) {
        std::ofstream(root.string() + path, std::ios::binary) << text;
    }
    std::string there(const std::string& path) const {
        std::ifstream in(other_.string() + path, std::ios::binary);
        return in ? std::string(std::istreambuf_iterator<char>(in), {}) : "(missing)";
    }
    Archive pack() const {
        auto archive = pack_changes(one_.string(), since_, enough);
        EXPECT_TRUE(archive) << archive.error().text();
        return archive ? *archive : Archive{};
    }
    void unpack(const Archive& archive) const {
        const auto done = unpack_changes(other_.string(), archive.bytes);
        EXPECT_TRUE(done) << done.error().text();
    }

    std::string name_ = "testudo-changes-" + random_hex(6);
    fs::path one_ = fs::temp_directory_path() / (name_ + "-one");
    fs::path other_ = fs::temp_directory_path() / (name_ + "-other");
    timespec since_{};
};

TEST_F(Changes, what_was_written_removed_and_renamed_comes_back_and_nothing_else_is_touched) {
    std::string all_bytes;
    for (int i = 0; i < 100'000; ++i)
        all_bytes += static_cast<char>(i * 7 + i / 256);
    write(one_, "/etc/motd", "changed");
    fs::create_directories(one_ / "etc/new folder");
    write(one_,
          "/etc/new folder/by\xff"
          "tes\n",
          all_bytes);
    fs::remove_all(one_ / "etc/app");
    write(one_, "/etc/app", "a file where a folder was");
    write(other_, "/untouched/file", "another machine's own");
    const auto archive = pack();
    unpack(archive);
    EXPECT_EQ(there("/etc/motd"), "changed");
    EXPECT_EQ(there("/etc/new folder/by\xff"
                    "tes\n"),
              all_bytes);
    EXPECT_EQ(there("/etc/app"), "a file where a folder was");
    EXPECT_EQ(there("/untouched/file"), "another machine's own");
    EXPECT_LT(archive.entries, 8U) << "only what changed";
}

TEST_F(Changes, what_a_file_was_made_anew_without_stays_away) {
    fs::remove(one_ / "etc/app/old");
    write(one_, "/etc/app/fresh", "fresh");
    unpack(pack());
    EXPECT_EQ(there("/etc/app/old"), "(missing)");
    EXPECT_EQ(there("/etc/app/fresh"), "fresh");
}

TEST_F(Changes, rights_times_links_and_pipes_are_kept) {
    write(one_, "/etc/secret", "secret");
    ASSERT_EQ(::chmod((one_ / "etc/secret").c_str(), 04711), 0);
    const timespec times[2] = {{1'000'000'000, 0}, {1'000'000'000, 123'456'789}};
    ASSERT_EQ(::utimensat(AT_FDCWD, (one_ / "etc/secret").c_str(), times, 0), 0);
    fs::create_symlink("/nowhere/at all", one_ / "etc/way");
    fs::create_hard_link(one_ / "etc/secret", one_ / "etc/zz-same");
    ASSERT_EQ(::mkfifo((one_ / "etc/pipe").c_str(), 0640), 0);
    unpack(pack());
    struct stat secret {};
    struct stat same {};
    struct stat pipe {};
    ASSERT_EQ(::stat((other_ / "etc/secret").c_str(), &secret), 0);
    ASSERT_EQ(::stat((other_ / "etc/zz-same").c_str(), &same), 0);
    ASSERT_EQ(::stat((other_ / "etc/pipe").c_str(), &pipe), 0);
    EXPECT_EQ(secret.st_mode & 07777U, 04711U);
    EXPECT_EQ(secret.st_mtim.tv_sec, 1'000'000'000);
    EXPECT_EQ(secret.st_mtim.tv_nsec, 123'456'789);
    EXPECT_EQ(secret.st_ino, same.st_ino);
    EXPECT_TRUE(S_ISFIFO(pipe.st_mode));
    EXPECT_EQ(pipe.st_mode & 0777U, 0640U);
    EXPECT_EQ(fs::read_symlink(other_ / "etc/way"), "/nowhere/at all");
}

TEST_F(Changes, too_much_is_refused_and_damaged_archives_are_found_out) {
    write(one_, "/etc/noise", [] {
        std::string noise;
        while (noise.size() < 100'000)
            noise += random_hex(500);
        return noise;
    }());
    const auto refused = pack_changes(one_.string(), since_, 20'000);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "snapshot.too-large");
    const auto archive = pack();
    for (const auto& bytes :
         {std::string(), std::string("no archive"), archive.bytes.substr(0, archive.bytes.size() / 2)}) {
        const auto done = unpack_changes(other_.string(), bytes);
        ASSERT_FALSE(done) << bytes.size();
        EXPECT_EQ(done.error().code, "snapshot.damaged");
    }
}

} // namespace
} // namespace testudo::agents
