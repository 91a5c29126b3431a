#include <algorithm>
#include <functional>
#include <gtest/gtest.h>

#include "orchestrator/doctor/judge.hpp"

namespace testudo::doctor {
namespace {

// A machine that can run anything.
Facts good() {
    Facts f;
    f.root = f.debian12 = f.host_runs = f.host_program = f.state_writable = true;
    f.programs = {{"libvirtd", "libvirt-daemon", "9.0", true, Facts::Program::For::all},
                  {"qemu-img", "qemu-utils", "7.2", true, Facts::Program::For::vms},
                  {"mmdebstrap", "mmdebstrap", "1.3", true, Facts::Program::For::building}};
    f.kernel = {{"bridge", There::yes}, {"vxlan", There::yes}, {"tun", There::yes}};
    f.cgroups = 2;
    f.controllers = {"cpu", "memory"};
    f.drivers = {{"qemu", There::yes}, {"lxc", There::yes}};
    f.release = "Debian GNU/Linux 12 (bookworm)";
    f.accel = "kvm";
    f.cpus = 8;
    f.memory_mib = 32000;
    f.free_memory_mib = 30000;
    f.free_state_mib = f.free_images_mib = 100000;
    f.inotify_instances = 1024;
    f.open_files = 1 << 20;
    f.pid_max = 1 << 22;
    f.images = {{"debian-range", There::yes, true, ""}};
    f.addresses = {"192.0.2.4/24", "fe80::1/64"};
    f.year = 2026;
    f.clock_synchronised = There::yes;
    return f;
}

Needs demo() {
    Needs n;
    n.known = true;
    n.containers = 22;
    n.vms = 3;
    n.container_memory_mib = 1904;
    n.vm_memory_mib = 768;
    n.vm_disk_mib = 192;
    n.cpus = 1;
    n.hosts = 1;
    n.ports = 7;
    n.networks = {"198.18.11.0/24", "2001:db8:11::/64"};
    return n;
}

const Where here{"/var/lib/testudo", "/var/lib/testudo/images", "/run/testudo/range-host", "", 8080, false};

TEST(Doctor, AGoodMachinePassesEverything) {
    for (const auto& needs : {Needs{}, demo()})
        for (const auto& one : judge(good(), needs, here)) {
            EXPECT_EQ(one.level, Level::pass) << one.check << ": " << one.text;
            EXPECT_FALSE(one.text.empty()) << one.check;
        }
}

struct Case {
    const char* check;
    Level level;
    const char* remedy; // a part of it
    std::function<void(Facts&, Needs&, Where&)> change;
};

TEST(Doctor, EachFaultIsJudgedAloneAndHasARemedy) {
    const std::vector<Case> cases{
        {"rights", Level::block, "sudo", [](auto& f, auto&, auto&) { f.root = false; }},
        {"release", Level::warn, "libvirt", [](auto& f, auto&, auto&) { f.debian12 = false; }},
        {"programs", Level::block, "apt-get install qemu-utils",
         [](auto& f, auto&, auto&) { f.programs[1].found = false; }},
        {"programs", Level::warn, "apt-get install qemu-utils",
         [](auto& f, auto& n, auto&) {
             f.programs[1].found = false;
             n.vms = 0;
             n.vm_memory_mib = 0;
         }},
        {"programs", Level::warn, "mmdebstrap", [](auto& f, auto&, auto&) { f.programs[2].found = false; }},
        {"kernel", Level::block, "modprobe bridge", [](auto& f, auto&, auto&) { f.kernel[0].there = There::no; }},
        {"kernel", Level::warn, "sudo", [](auto& f, auto&, auto&) { f.kernel[0].there = There::unknown; }},
        {"kernel", Level::pass, "", [](auto& f, auto&, auto&) { f.kernel[1].there = There::no; }},
        {"kernel", Level::block, "modprobe vxlan",
         [](auto& f, auto& n, auto&) {
             f.kernel[1].there = There::no;
             n.hosts = 2;
         }},
        {"cgroups", Level::block, "cgroup_enable", [](auto& f, auto&, auto&) { f.controllers = {"cpu"}; }},
        {"cgroups", Level::block, "mount", [](auto& f, auto&, auto&) { f.cgroups = 0; }},
        {"libvirt", Level::block, "libvirt-daemon-driver-lxc",
         [](auto& f, auto&, auto&) { f.drivers[1].there = There::no; }},
        {"libvirt", Level::block, "--connect", [](auto& f, auto&, auto&) { f.host_runs = f.host_program = false; }},
        {"libvirt", Level::warn, "virsh", [](auto&, auto&, auto& w) { w.connect = "qemu:///system"; }},
        {"accelerator", Level::warn, "virtualisation", [](auto& f, auto&, auto&) { f.accel = "tcg"; }},
        {"accelerator", Level::pass, "",
         [](auto& f, auto& n, auto&) {
             f.accel = "tcg";
             n.vms = 0;
             n.vm_memory_mib = 0;
         }},
        {"processors", Level::warn, "cpus", [](auto&, auto& n, auto&) { n.cpus = 16; }},
        {"memory", Level::block, "memory", [](auto& f, auto&, auto&) { f.free_memory_mib = 1000; }},
        {"memory", Level::warn, "memory", [](auto& f, auto&, auto&) { f.free_memory_mib = 3000; }},
        {"state", Level::block, "--state", [](auto& f, auto&, auto&) { f.state_writable = false; }},
        {"state", Level::block, "room", [](auto& f, auto&, auto&) { f.free_state_mib = 100; }},
        {"state", Level::warn, "room",
         [](auto& f, auto& n, auto&) {
             f.free_state_mib = 1000;
             n.vm_disk_mib = 2000;
         }},
        {"images", Level::warn, "testudo image build debian-range",
         [](auto& f, auto&, auto&) { f.images[0].there = There::no; }},
        {"images", Level::warn, "testudo image verify",
         [](auto& f, auto&, auto&) { f.images[0].there = There::unknown; }},
        {"images", Level::block, "testudo image import",
         [](auto& f, auto&, auto&) {
             f.images[0] = {"windows", There::no, false, ""};
         }},
        {"images", Level::block, "room",
         [](auto& f, auto&, auto&) {
             f.images[0].there = There::no;
             f.free_images_mib = 100;
         }},
        {"images", Level::block, "label",
         [](auto& f, auto&, auto&) { f.withheld = {"portal@north: the image is SECRET"}; }},
        {"limits", Level::warn, "sysctl -w fs.inotify", [](auto& f, auto&, auto&) { f.inotify_instances = 10; }},
        {"segments", Level::block, "divide", [](auto&, auto& n, auto&) { n.ports = 1024; }},
        {"segments", Level::pass, "", [](auto&, auto& n, auto&) { n.ports = 1023; }},
        {"addresses", Level::warn, "198.18.0.0/15", [](auto& f, auto&, auto&) { f.addresses = {"198.18.0.1/16"}; }},
        {"addresses", Level::warn, "198.18.0.0/15", [](auto& f, auto&, auto&) { f.addresses = {"2001:db8:11::9/64"}; }},
        {"addresses", Level::pass, "", [](auto& f, auto&, auto&) { f.addresses = {"198.18.12.1/24"}; }},
        {"port", Level::warn, "--port 8081", [](auto& f, auto&, auto&) { f.port_free = false; }},
        {"port", Level::block, "--port 8081",
         [](auto& f, auto&, auto& w) {
             f.port_free = false;
             w.port_chosen = true;
         }},
        {"clock", Level::block, "date", [](auto& f, auto&, auto&) { f.year = 1970; }},
        {"clock", Level::warn, "chrony", [](auto& f, auto&, auto&) { f.clock_synchronised = There::no; }},
        {"leftovers", Level::warn, "range-host stop --dir /run/x",
         [](auto& f, auto&, auto&) { f.dead_hosts = {"/run/x"}; }},
        {"leftovers", Level::warn, "testudo down lab", [](auto& f, auto&, auto&) { f.orphans = {"lab"}; }},
    };
    for (const auto& one : cases) {
        auto facts = good();
        auto needs = demo();
        auto where = here;
        one.change(facts, needs, where);
        for (const auto& judgement : judge(facts, needs, where)) {
            const bool meant = judgement.check == one.check;
            if (!meant && std::string(one.check) == "images")
                continue; // what must be built asks for programs too
            EXPECT_EQ(judgement.level, meant ? one.level : Level::pass)
                << one.check << " made " << judgement.check << ": " << judgement.text;
            EXPECT_EQ(judgement.remedy.empty(), judgement.level == Level::pass) << judgement.check;
            if (meant) {
                EXPECT_NE(judgement.remedy.find(one.remedy), std::string::npos) << judgement.remedy;
            }
        }
    }
}

TEST(Doctor, ThisMachineYieldsFacts) {
    const auto facts =
        gather({"/var/lib/testudo", "/nowhere/images", "/nowhere/host", "", 0, false}, std::nullopt, RealClock());
    EXPECT_GT(facts.cpus, 0);
    EXPECT_GT(facts.memory_mib, 0);
    EXPECT_GE(facts.memory_mib, facts.free_memory_mib);
    EXPECT_GT(facts.free_state_mib, 0);
    EXPECT_GT(facts.pid_max, 0);
    EXPECT_GT(facts.open_files, 0);
    EXPECT_GT(facts.year, 2000);
    EXPECT_TRUE(facts.port_free); // 0 is any
    EXPECT_FALSE(facts.host_runs);
    EXPECT_FALSE(facts.programs.empty());
    EXPECT_EQ(facts.kernel.size(), 7U);
    EXPECT_NE(std::find(facts.addresses.begin(), facts.addresses.end(), "127.0.0.1/8"), facts.addresses.end());
}

TEST(Doctor, NeedsAreThoseOfThePlan) {
    plan::Plan plan;
    plan.machines.resize(3);
    plan.machines[0].kind = plan::MachineKind::vm;
    plan.machines[0].memory_mib = 256;
    plan.machines[0].disk_mib = 64;
    plan.machines[1].memory_mib = plan.machines[2].memory_mib = 32;
    plan.machines[2].cpus = 4;
    for (auto& machine : plan.machines)
        machine.interfaces.push_back({"lan", "eth0", "", "", "", ""});
    const auto needs = needs_of(plan);
    EXPECT_EQ(needs.vms, 1);
    EXPECT_EQ(needs.containers, 2);
    EXPECT_EQ(needs.vm_memory_mib, 256);
    EXPECT_EQ(needs.container_memory_mib, 64);
    EXPECT_EQ(needs.vm_disk_mib, 64);
    EXPECT_EQ(needs.cpus, 4);
    EXPECT_EQ(needs.ports, 3);
    EXPECT_EQ(needs.fullest, "lan");
}

} // namespace
} // namespace testudo::doctor
