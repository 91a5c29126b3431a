#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>

#include "orchestrator/libvirt/command.hpp"
#include "orchestrator/libvirt/machine_xml.hpp"
#include "orchestrator/libvirt/network_xml.hpp"
#include "orchestrator/range/goal.hpp"
#include "tests/plan/sample_plan.hpp"

namespace testudo::libvirt {
namespace {
namespace fs = std::filesystem;

const range::Goal goal = range::goal_of(plan::sample_plan(), "seed");

range::MachineSpec spec_of(const char* machine) {
    auto spec = goal.machine(machine)->spec;
    spec.mark.plan = "PLAN"; // so that a new member of plans does not change what is looked at here
    spec.mark.spec = "SPEC";
    return spec;
}

std::string network() {
    auto spec = *goal.network("office@north");
    spec.mark.plan = "PLAN";
    spec.mark.spec = "SPEC";
    return network_xml(spec);
}

std::string container() {
    return container_xml(spec_of("gate@north"), {"/images/debian-range-1/root", "/data/agent/1/bin"});
}

std::string vm(const std::string& accel) {
    return vm_xml(spec_of("plc@north"),
                  {"/data/machines/plc/disk.qcow2", "/images/debian-vm-1/vmlinuz", "/images/debian-vm-1/initrd.img",
                   "console=ttyS0 quiet", "/data/agent/1/agent.img", "/data/machines/plc/secret",
                   "/data/machines/plc/machine"},
                  accel);
}

std::string stock() {
    return vm_xml(spec_of("plc@north"),
                  {"/data/machines/plc/disk.qcow2", "", "", "", "/data/agent/1/agent.img", "/data/machines/plc/secret",
                   "/data/machines/plc/machine", "/data/machines/plc/seed.iso"},
                  "tcg");
}

// TESTUDO_UPDATE_GOLDEN=1 writes what is made instead of comparing.
void expect_golden(const std::string& name, const std::string& text) {
    const auto path = fs::path(TESTUDO_SOURCE_DIR) / "tests/libvirt/golden" / name;
    if (std::getenv("TESTUDO_UPDATE_GOLDEN") != nullptr) {
        fs::create_directories(path.parent_path());
        std::ofstream(path) << text;
    }
    std::ifstream in(path);
    EXPECT_EQ(text, std::string(std::istreambuf_iterator<char>(in), {})) << path;
}

void expect_valid(const std::string& schema, const std::string& text) {
    const fs::path schemas = "/usr/share/libvirt/schemas";
    if (!fs::exists(schemas) || !fs::exists("/usr/bin/xmllint"))
        GTEST_SKIP() << "no libvirt schemas or no xmllint here";
    const auto file = fs::temp_directory_path() / fmt::format("testudo-xml-{}.xml", random_hex(6));
    std::ofstream(file) << text;
    const auto checked =
        run_command({"xmllint", "--noout", "--relaxng", (schemas / (schema + ".rng")).string(), file.string()});
    EXPECT_TRUE(checked) << checked.error().message << "\n" << text;
    fs::remove(file);
}

TEST(Xml, IsWhatItWas) {
    expect_golden("network.xml", network());
    expect_golden("container.xml", container());
    expect_golden("vm-tcg.xml", vm("tcg"));
    expect_golden("vm-kvm.xml", vm("kvm"));
    expect_golden("vm-stock.xml", stock());
}

TEST(Xml, NetworkFitsLibvirtsSchema) {
    expect_valid("network", network());
}
TEST(Xml, StockMachineFitsLibvirtsSchema) {
    expect_valid("domain", stock());
}
TEST(Xml, ContainerFitsLibvirtsSchema) {
    expect_valid("domain", container());
}
TEST(Xml, EmulatedMachineFitsLibvirtsSchema) {
    expect_valid("domain", vm("tcg"));
}
TEST(Xml, AcceleratedMachineFitsLibvirtsSchema) {
    expect_valid("domain", vm("kvm"));
}

TEST(Xml, EscapesWhatThePlanSays) {
    auto spec = spec_of("gate@north");
    spec.title = "Gate <to> \"all\" & none";
    expect_valid("domain", container_xml(spec, {"/images/a&b/root", "/data/agent"}));
}

TEST(Xml, GivesTheHostNoAddressOnASegment) {
    EXPECT_EQ(network().find("<ip"), std::string::npos);
    EXPECT_EQ(network().find("<forward"), std::string::npos);
}

TEST(Xml, KeepsTheSecretOffTheCommandLine) {
    EXPECT_EQ(vm("tcg").find(goal.machine("plc@north")->spec.secret), std::string::npos);
}

} // namespace
} // namespace testudo::libvirt
