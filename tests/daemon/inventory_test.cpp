#include "orchestrator/daemon/inventory.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "orchestrator/core/digest.hpp"

namespace testudo::daemon {
namespace {

class InventoryTest : public testing::Test {
  protected:
    InventoryTest() {
        for (const auto& [id, uri] : {std::pair("alpha", ""), std::pair("beta", "qemu:///system")}) {
            plan::Host host;
            host.id = id;
            host.uri = uri;
            plan_.hosts.push_back(host);
        }
    }
    ~InventoryTest() override { std::filesystem::remove(file_); }

    Result<Inventory> read(const std::string& text) {
        std::ofstream(file_) << text;
        return read_inventory(file_, plan_);
    }
    std::string refused(const std::string& text) {
        const auto inventory = read(text);
        return inventory ? "" : inventory.error().code + ": " + inventory.error().object;
    }

    plan::Plan plan_;
    std::filesystem::path file_ = std::filesystem::temp_directory_path() / ("inventory-" + random_hex(6));
};

TEST_F(InventoryTest, TellsWhereHostsAre) {
    const auto inventory = read(R"({"beta": {}, "alpha": {"private": "/run/alpha", "underlay": "198.18.254.1"}})");
    ASSERT_TRUE(inventory) << inventory.error().text();
    ASSERT_EQ(inventory->size(), 2U);
    EXPECT_EQ(inventory->front().range_host, "/run/alpha");
    EXPECT_EQ(inventory->front().underlay, "198.18.254.1");
    EXPECT_EQ(inventory->back().connect, "qemu:///system") << "as the template says";
    EXPECT_EQ(to_json(inventory_from_json(to_json(*inventory))), to_json(*inventory));
}

TEST_F(InventoryTest, RefusesWhatIsWrongByName) {
    EXPECT_EQ(refused("{"), "inventory.unreadable: " + file_.string());
    EXPECT_EQ(refused(R"({"alpha": {"private": "/a"}})"), "inventory.incomplete: beta");
    EXPECT_EQ(refused(R"({"alpha": {}, "beta": {}})"), "inventory.incomplete: alpha");
    EXPECT_EQ(refused(R"({"alhpa": {}, "beta": {}})"), "inventory.unknown: alhpa");
    EXPECT_EQ(refused(R"({"alpha": 1, "beta": {}})"), "inventory.unreadable: alpha");
    EXPECT_EQ(refused(R"({"alpha": {"private": "/a", "connect": "qemu:///system"}, "beta": {}})"),
              "inventory.ambiguous: alpha");
    EXPECT_EQ(refused(R"({"alpha": {"private": "/a", "underlay": "198.18.254"}, "beta": {}})"),
              "inventory.address: alpha");
}

} // namespace
} // namespace testudo::daemon
