#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "orchestrator/core/digest.hpp"
#include "orchestrator/images/import.hpp"
#include "orchestrator/images/iso9660.hpp"
#include "orchestrator/images/labels.hpp"
#include "orchestrator/images/nocloud.hpp"
#include "tests/images/sealed_image.hpp"

namespace testudo::images {
namespace {
namespace fs = std::filesystem;

class ImagesTest : public testing::Test {
  protected:
    ImagesTest() {
        fs::create_directories(home_ / "root/etc");
        put("root/etc/hosts", "localhost\n");
        fs::create_symlink("hosts", home_ / "root/etc/names");
        put("contents.txt", fmt::format("d\t755\t{0}\t{1}\t-\tetc\nf\t644\t{0}\t{1}\t{2}\tetc/hosts\n"
                                        "l\t777\t{0}\t{1}\thosts\tetc/names\n",
                                        ::getuid(), ::getgid(), sha256_hex("localhost\n")));
        fs::permissions(home_ / "root/etc", fs::perms(0755));
        fs::permissions(home_ / "root/etc/hosts", fs::perms(0644));
        seal(home_, "small", "container", {"contents.txt"});
    }
    ~ImagesTest() override { fs::remove_all(store_); }

    void put(const fs::path& file, const std::string& text) { std::ofstream(home_ / file) << text; }
    std::string fault() const {
        const auto verified = verify_once(*read_image(store_ / "small"));
        return verified ? "" : verified.error().text();
    }

    fs::path store_ = fs::temp_directory_path() / ("testudo-images-" + random_hex(6));
    fs::path home_ = store_ / "small-1";
};

TEST_F(ImagesTest, WhatWasBuiltIsGoodAndRemembered) {
    EXPECT_FALSE(is_known_good(*read_image(store_ / "small")));
    EXPECT_EQ(fault(), "");
    EXPECT_TRUE(is_known_good(*read_image(store_ / "small")));
    const auto listed = list_images(store_, store_);
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_TRUE(listed[0].verified && listed[0].newest);
}

TEST_F(ImagesTest, WhatChangedIsNamedWithTheCommandThatGoesOn) {
    ASSERT_EQ(fault(), "");
    put("root/etc/hosts", "otherhost\n"); // as long as before
    EXPECT_NE(fault().find("image.altered: small"), std::string::npos);
    EXPECT_NE(fault().find("root/etc/hosts (content)"), std::string::npos);
    EXPECT_NE(fault().find("testudo image build small"), std::string::npos);
    put("root/etc/hosts", "localhost\n");
    EXPECT_EQ(fault(), "");
    fs::permissions(home_ / "root/etc/hosts", fs::perms(04755));
    EXPECT_NE(fault().find("root/etc/hosts (mode)"), std::string::npos);
    fs::permissions(home_ / "root/etc/hosts", fs::perms(0644));
    fs::remove(home_ / "root/etc/names");
    fs::create_symlink("shadow", home_ / "root/etc/names");
    EXPECT_NE(fault().find("root/etc/names (content)"), std::string::npos);
    fs::remove(home_ / "root/etc/names");
    EXPECT_NE(fault().find("root/etc/names (missing)"), std::string::npos);
    put("root/etc/more", "");
    EXPECT_NE(fault().find("root/etc/more (was not there)"), std::string::npos);
    put("contents.txt", "");
    EXPECT_NE(fault().find("contents.txt (size)"), std::string::npos);
}

TEST_F(ImagesTest, WithoutImageJsonNothingIsKnown) {
    fs::remove(home_ / "image.json");
    const auto image = read_image(store_ / "small");
    ASSERT_FALSE(image);
    EXPECT_EQ(image.error().code, "image.unsealed");
    EXPECT_EQ(read_image(store_ / "smal").error().code, "image.missing");
}

TEST_F(ImagesTest, ADiskIsImportedOnceAndSealed) {
    put("disk.raw", "bytes of a disk");
    const auto copy = [](const fs::path& from, const fs::path& to) -> Result<void> {
        fs::copy_file(from, to);
        return {};
    };
    const Import import{home_ / "disk.raw", "cloud", "EXERCISE SECRET REL FIN EST", "2026-01-01T00:00:00Z"};
    const auto image = import_disk(store_, import, copy);
    ASSERT_TRUE(image) << image.error().text();
    EXPECT_EQ(image->boot, "disk");
    EXPECT_EQ(image->label, "EXERCISE SECRET REL EST FIN");
    EXPECT_TRUE(verify(*image));
    EXPECT_EQ(import_disk(store_, import, copy)->path, image->path);
    EXPECT_EQ(import_disk(store_, {home_ / "disk.raw", "../x", "", ""}, copy).error().code, "image.name");
    EXPECT_EQ(import_disk(store_, {home_ / "no", "x", "", ""}, copy).error().code, "image.import");
    EXPECT_EQ(import_disk(store_, {home_ / "disk.raw", "x", "EXERCISE SECRETT", ""}, copy).error().code, "image.label");
    const auto refused = import_disk(store_, {home_ / "disk.raw", "x", "", ""},
                                     [](auto&, auto&) { return fail("command.failed", "qemu-img", "no such format"); });
    EXPECT_EQ(refused.error().message, "no such format");
    for (const auto& entry : fs::directory_iterator(store_))
        EXPECT_FALSE(entry.path().filename().string().starts_with(".importing")) << entry.path();
}

TEST_F(ImagesTest, AStricterImageIsWithheldFromTheMachineOfATeam) {
    plan::Plan plan;
    plan.label = "EXERCISE RESTRICTED REL EST FIN";
    plan.teams.resize(1);
    plan.teams[0].id = "north";
    plan.teams[0].nations = {"FIN"};
    plan.machines.resize(1);
    plan.machines[0].id = "portal@north";
    plan.machines[0].team = "north";
    plan.machines[0].image = "labelled";
    const auto told = [&](const std::string& label) {
        fs::remove(store_ / "labelled");
        fs::create_directories(store_ / "labelled-1");
        seal(store_ / "labelled-1", "labelled", "container", {}, label);
        const auto found = withheld(plan, store_);
        return found.empty() ? std::string() : found[0].text();
    };
    EXPECT_EQ(told("EXERCISE UNCLASSIFIED"), "");
    EXPECT_EQ(told("EXERCISE RESTRICTED REL FIN"), "");
    EXPECT_NE(told("EXERCISE SECRET").find("the image is EXERCISE SECRET"), std::string::npos);
    EXPECT_NE(told("EXERCISE RESTRICTED REL EST").find("FIN of team north may not have"), std::string::npos);
    EXPECT_NE(told("NATO RESTRICTED").find("different policies"), std::string::npos);
    plan.groups = {{"BALTIC", "", {"EST", "FIN"}, ""}};
    EXPECT_EQ(told("EXERCISE RESTRICTED REL BALTIC"), "");
    plan.machines[0].image = "absent"; // said elsewhere
    EXPECT_TRUE(withheld(plan, store_).empty());
}

TEST(Iso9660, HasTheDescriptorsAndTheFilesWhereItSays) {
    const auto disk = iso9660("CIDATA", {{"user-data", "#cloud-config\n"}, {"meta-data", std::string(3000, 'm')}});
    EXPECT_EQ(disk.size() % 2048, 0U);
    EXPECT_EQ(disk.substr(16 * 2048 + 1, 5), "CD001");
    EXPECT_EQ(disk.substr(16 * 2048 + 40, 8), "CIDATA  ");
    EXPECT_EQ(disk.substr(17 * 2048, 6), "\xff"
                                         "CD001");
    EXPECT_EQ(disk.substr(21 * 2048, 3000), std::string(3000, 'm')); // in the order of their names
    EXPECT_EQ(disk.substr(23 * 2048, 14), "#cloud-config\n");
    EXPECT_EQ(static_cast<unsigned char>(disk[16 * 2048 + 80]), disk.size() / 2048);
}

TEST(NoCloud, NamesTheMachineAndItsCardsAndStartsTheAgent) {
    const auto disk = nocloud_seed({"uuid-1", "portal", {"02:00:00:00:00:01", "02:00:00:00:00:02"}});
    for (const auto* text :
         {R"("instance-id":"uuid-1")", R"("local-hostname":"portal")",
          R"("macaddress":"02:00:00:00:00:02"},"set-name":"eth1")", "testudo-agent.service", "#cloud-config\n{"})
        EXPECT_NE(disk.find(text), std::string::npos) << text;
}

} // namespace
} // namespace testudo::images
