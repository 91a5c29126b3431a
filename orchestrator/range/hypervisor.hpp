#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/protocol/guest_channel.hpp"
#include "orchestrator/core/error.hpp"
#include "orchestrator/plan/plan.hpp"

namespace testudo::range {

enum class ObjectKind { network, machine };

// What every object of ours carries in the hypervisor, so that it is found again by this alone.
struct Mark {
    std::string exercise; // Plan::exercise
    std::string object;   // Segment::id or Machine::id
    std::string plan;     // hash_of(plan) that it was made from
    std::string spec;     // fingerprint of everything that it was made from; differs if it has to be made anew
    bool operator==(const Mark&) const = default;
};

// A network's way to its parts on other hosts: VXLAN (RFC 7348) between their underlay addresses.
struct Trunk {
    std::uint32_t vni = 0; // 24 bits
    std::string local;     // this host's underlay address
    std::vector<std::string> peers;
};

struct NetworkSpec {
    Mark mark;
    std::string name;
    std::string uuid;
    std::string bridge;
    std::vector<std::string> hosts; // Host::id of the plan; none where there is but one host
    std::optional<Trunk> trunk;     // if it has parts on other hosts
};

struct MachineSpec {
    struct Nic {
        std::string network; // NetworkSpec::name
        std::string bridge;
        std::string device; // on the host
        std::string mac;
    };
    Mark mark;
    std::string host; // Host::id of the plan; "" where there is but one host
    plan::MachineKind kind = plan::MachineKind::container;
    std::string name;
    std::string uuid;
    std::string title;
    std::string image;
    std::string hostname;
    int memory_mib = 0;
    int cpus = 1;
    int disk_mib = 0;
    std::vector<Nic> nics;
    std::string secret; // the agent's
};

// An object of ours as the hypervisor has it.
struct Observed {
    ObjectKind kind = ObjectKind::network;
    plan::MachineKind machine = plan::MachineKind::container; // of machines
    Mark mark;
    std::string name;
    std::string uuid;
    bool running = false;  // false: crashed, stopped, or only its files are left
    std::string state;     // in the hypervisor's word: "running", "paused", "remains"
    std::string host = {}; // Host::id of the plan, as HostPool tells it; a network comes once for each of its hosts
};

// What the network cards of an exercise's machines may send and be sent. Other cards are none of its business.
struct Guard {
    struct Port {
        std::string host;   // MachineSpec::host
        std::string device; // on the host
        std::string mac;
        std::string ipv4; // without prefix length; "" if none
        std::string ipv6;
        bool forwards = false; // a router's: what passes through it has others' addresses
    };
    std::string exercise;
    std::vector<Port> ports;
    std::vector<std::string> trunked = {}; // bridges whose network has a Trunk on this host
    struct Span {
        std::string bridge;
        std::vector<std::string> hosts;
    };
    std::vector<Span> spans = {}; // what HostPool makes each host's `trunked` of; adapters ignore it
};

// How a machine is addressed once it exists.
struct MachineRef {
    plan::MachineKind kind = plan::MachineKind::container;
    std::string name;
    std::string uuid;
    std::string host = {}; // MachineSpec::host
    bool operator==(const MachineRef&) const = default;
};

struct HostInfo {
    std::string hypervisor; // "libvirt 9.0.0, QEMU 7.2.22"
    std::string accel;      // "kvm" or "tcg"
    int cpus = 0;
    std::int64_t memory_mib = 0;
    std::int64_t free_memory_mib = 0; // 0: the hypervisor does not tell
};

// Port: what makes networks and machines. Adapters: orchestrator/libvirt and SimulatedHypervisor; both pass
// tests/contract/hypervisor_contract.hpp.
//
// Every member belongs to the Loop's thread and returns at once; `done` is called exactly once, from a later task of
// the Loop, unless the hypervisor is destroyed before. Whatever blocks runs elsewhere (libvirt: a pool of threads).
//
// create_* of an object that exists with the same mark succeeds without doing anything. An object that is in the way
// but does not carry our mark is never touched: the hypervisor's refusal is passed on. destroy_* of an object that does
// not exist succeeds; of one that does not carry the given exercise's mark it is refused ("range.not-ours").
class Hypervisor {
  public:
    template <class T> using Done = std::function<void(Result<T>)>;
    using Channel = std::unique_ptr<agents::GuestChannel>;
    // A machine of ours stopped running, whoever did it; the reason is a word or two ("crashed", "shut down").
    using Vanished = std::function<void(const MachineRef& machine, const std::string& reason)>;
    // What a long call is at, or why it takes longer than it should, by Mark::object and in words for people: "the
    // golden machine of debian-vm is being made, 7 s".
    using Notice = std::function<void(const std::string& object, const std::string& text)>;

    virtual ~Hypervisor() = default;

    // All objects with our mark, of all exercises.
    virtual void list(Done<std::vector<Observed>> done) = 0;
    // Of a network that is there the trunk is made, made anew or removed as the spec says.
    virtual void create_network(const NetworkSpec& spec, Done<void> done) = 0;
    virtual void create_machine(const MachineSpec& spec, Done<void> done) = 0;
    // Keeps a running virtual machine as it is now, memory and disk, under this name (in place of an older one of that
    // name), and lets it go on; so it does if the saving fails. What is kept outlives the machine. Only virtual
    // machines: containers answer "range.unsupported" (their agent keeps their files).
    virtual void save_machine(const MachineRef& machine, const std::string& snapshot, Done<void> done) = 0;
    // In place of create_machine: the machine as it was when it was saved. The spec's mark has to be the one that it
    // was saved with, but for its plan; else "range.other-spec". "range.no-snapshot" if there is none of that name.
    virtual void restore_machine(const MachineSpec& spec, const std::string& snapshot, Done<void> done) = 0;
    // Whether or not the machine is there. Of what is not there it succeeds.
    virtual void forget_snapshot(const MachineRef& machine, const std::string& snapshot, Done<void> done) = 0;
    // Networks and machines alike, with every file that was made for them.
    virtual void destroy(const Observed& object, Done<void> done) = 0;

    // Holds each card to its own addresses (Ethernet, ARP, neighbour discovery, IP), lets it see nothing that is not
    // for it, and cuts it off from the host and from every card that is not guarded: in one transaction, in place of
    // what the exercise had before. The cards need not be there yet. "range.unsupported" if the host cannot be told.
    virtual void guard(const Guard& guard, Done<void> done) = 0;
    virtual void unguard(const std::string& exercise, Done<void> done) = 0;

    // The agent's channel. The first console is the team's way in, for `testudo console`.
    virtual void open_agent(const MachineRef& machine, Done<Channel> done) = 0;
    virtual void open_console(const MachineRef& machine, Done<Channel> done) = 0;
    // A virtual machine's screen, keyboard and mouse: the bytes of RFB (RFC 6143), the server speaking first. Any
    // number may be open. Containers have none and answer "range.unsupported".
    virtual void open_display(const MachineRef& machine, Done<Channel> done) = 0;

    virtual void host_info(Done<HostInfo> done) = 0;
    // Replaces the observer; an empty function removes it.
    virtual void on_vanished(Vanished observer) = 0;
    // Likewise. Adapters whose calls are never long need not tell anything.
    virtual void on_notice(Notice) {}

    // Of several hosts only: those that cannot be reached, with the reason. Their objects are missing from list().
    virtual std::map<std::string, std::string> lost() const { return {}; }
    // A host was lost (`reason` in words) or is back.
    using HostChange = std::function<void(const std::string& host, bool up, const std::string& reason)>;
    virtual void on_host(HostChange) {}
};

} // namespace testudo::range
