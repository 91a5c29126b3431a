#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/core/clock.hpp"
#include "orchestrator/plan/plan.hpp"

// Whether this machine can run a range: facts are gathered, a template says what it needs, and pure judgements compare.
namespace testudo::doctor {

// Where the commands look for things; as in cli/commands.hpp.
struct Where {
    std::filesystem::path state;
    std::filesystem::path images;
    std::filesystem::path host;
    std::string connect; // libvirt elsewhere; "" = the private range host
    std::uint16_t port = 8080;
    bool port_chosen = false; // by the operator, so there is no other
};

// What a plan asks of the machine; without a template, of any.
struct Needs {
    bool known = false; // false: there is no template
    int containers = 0;
    int vms = 0;
    std::int64_t container_memory_mib = 0;
    std::int64_t vm_memory_mib = 0; // the guests' own
    std::int64_t vm_disk_mib = 0;
    int cpus = 0;  // of the largest machine
    int hosts = 0; // that the template names
    int ports = 0; // machines on the fullest segment
    std::string fullest;
    std::vector<std::string> networks; // "198.18.11.0/24"
};
Needs needs_of(const plan::Plan& plan);

// What is there of a part of the kernel.
enum class There { yes, no, unknown };

struct Facts {
    struct Program {
        std::string name;
        std::string package;
        std::string version; // of the package; "" if dpkg does not know it
        bool found = false;
        enum class For { all, vms, building } use = For::all;
    };
    struct Part {
        std::string name;
        There there = There::unknown;
    };
    struct Stored {
        std::string name;
        There there = There::unknown; // unknown: it is there, and has not been verified since it changed
        bool builds = false;          // there is a recipe
        std::string fault;            // why it cannot be used
    };
    bool root = false;
    std::string release; // "Debian GNU/Linux 12 (bookworm)"
    bool debian12 = false;
    std::vector<Program> programs;
    std::vector<Part> kernel;
    int cgroups = 0; // version
    std::vector<std::string> controllers;
    bool host_runs = false;    // the range host, and its libvirt takes connections
    bool host_program = false; // deploy/range-host was found
    std::vector<Part> drivers; // of libvirt: "qemu", "lxc"
    std::string accel;         // as the range host found out; "" if it has not yet
    bool kvm_device = false;
    int cpus = 0;
    std::int64_t memory_mib = 0;
    std::int64_t free_memory_mib = 0;
    std::int64_t free_state_mib = -1; // -1: cannot be told
    std::int64_t free_images_mib = -1;
    bool state_writable = false;
    std::int64_t inotify_instances = 0;
    std::int64_t open_files = 0; // hard limit
    std::int64_t pid_max = 0;
    std::vector<Stored> images;         // those that the plan names, or all
    std::vector<std::string> withheld;  // by their labels
    std::vector<std::string> addresses; // of this machine: "192.0.2.4/24"
    bool port_free = true;
    int year = 0;
    There clock_synchronised = There::unknown;
    std::vector<std::string> dead_hosts; // folders of range hosts whose process is gone
    std::vector<std::string> orphans;    // exercises that say they are served, by nobody
};
// Blocks for as long as a few small programs take. Changes nothing, but that the kernel loads what is tried out.
Facts gather(const Where& where, const std::optional<plan::Plan>& plan, const Clock& clock);

} // namespace testudo::doctor
