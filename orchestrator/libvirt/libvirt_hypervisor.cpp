#include "orchestrator/libvirt/libvirt_hypervisor.hpp"

#include <csignal>
#include <fmt/format.h>
#include <fstream>
#include <libvirt/virterror.h>
#include <mutex>
#include <utility>

#include "orchestrator/libvirt/connections.hpp"
#include "orchestrator/libvirt/event_thread.hpp"
#include "orchestrator/libvirt/files.hpp"
#include "orchestrator/libvirt/network_xml.hpp"
#include "orchestrator/libvirt/ownership.hpp"
#include "orchestrator/libvirt/packet_guard.hpp"
#include "orchestrator/libvirt/socket_channel.hpp"
#include "orchestrator/libvirt/stream_channel.hpp"
#include "orchestrator/libvirt/trunk.hpp"
#include "orchestrator/libvirt/virtual_machines.hpp"
#include "orchestrator/libvirt/worker_pool.hpp"

namespace testudo::libvirt {
namespace {

using range::MachineRef;
using range::MachineSpec;
using range::NetworkSpec;
using range::ObjectKind;
using range::Observed;

// Enough to keep a small host busy; libvirt serialises much of it anyway.
constexpr std::size_t workers = 6;
constexpr std::size_t connections_per_uri = 3;
// Those who make or save virtual machines have threads of their own: they may wait long, for a golden machine.
constexpr std::size_t makers = 6;

template <class T, int (*free_one)(T*)> struct List {
    T** items = nullptr;
    int count = 0;
    ~List() {
        for (int i = 0; i < count; ++i)
            free_one(items[i]);
        std::free(items);
    }
};

std::string state_name(int state) {
    switch (state) {
    case VIR_DOMAIN_RUNNING:
    case VIR_DOMAIN_BLOCKED:
        return "running";
    case VIR_DOMAIN_PAUSED:
        return "paused";
    case VIR_DOMAIN_SHUTDOWN:
        return "shutting down";
    case VIR_DOMAIN_SHUTOFF:
        return "shut off";
    case VIR_DOMAIN_CRASHED:
        return "crashed";
    default:
        return "in an unknown state";
    }
}

std::string stop_reason(int detail) {
    switch (detail) {
    case VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN:
        return "shut down";
    case VIR_DOMAIN_EVENT_STOPPED_DESTROYED:
        return "destroyed";
    case VIR_DOMAIN_EVENT_STOPPED_CRASHED:
        return "crashed";
    case VIR_DOMAIN_EVENT_STOPPED_FAILED:
        return "failed";
    default:
        return "stopped";
    }
}

// What the threads share with the hypervisor: it lives until the last call is done.
class Calls : public std::enable_shared_from_this<Calls> {
  public:
    Calls(Loop& loop, Host host)
        : loop_(loop), host_(std::move(host)), images_(host_.images), agent_(host_.agent, host_.data / "agent"),
          qemu_(host_.qemu_uri, connections_per_uri,
                [this](virConnectPtr c, std::size_t index) { watch(c, index, plan::MachineKind::vm); }),
          lxc_(host_.lxc_uri, connections_per_uri,
               [this](virConnectPtr c, std::size_t index) { watch(c, index, plan::MachineKind::container); }),
          vms_(qemu_, images_, agent_, host_.data, host_.golden.empty() ? host_.data / "golden" : host_.golden,
               host_.accel, host_.clones,
               [this](const std::string& object, const std::string& text) { tell(object, text); }) {}

    Loop& loop() { return loop_; }

    Result<std::vector<Observed>> list();
    Result<void> create(const NetworkSpec& spec);
    Result<void> create(const MachineSpec& spec);
    Result<void> save(const MachineRef& machine, const std::string& snapshot);
    Result<void> restore(const MachineSpec& spec, const std::string& snapshot);
    Result<void> forget(const MachineRef& machine, const std::string& snapshot);
    void stop() { vms_.stop(); }
    Result<void> destroy(const Observed& object);
    Result<std::unique_ptr<agents::GuestChannel>> open(const MachineRef& machine, bool agent,
                                                       std::weak_ptr<WorkerPool> pool);
    Result<std::unique_ptr<agents::GuestChannel>> open_display(const MachineRef& machine,
                                                               std::weak_ptr<WorkerPool> pool);
    Result<range::HostInfo> info();
    Result<void> load_rules(const std::string& rules) const { return load_guard_rules(host_.qemu_uri, rules); }

    void on_vanished(range::Hypervisor::Vanished observer) { vanished_ = std::move(observer); } // on the loop
    void on_notice(range::Hypervisor::Notice observer) { notice_ = std::move(observer); }       // likewise

  private:
    struct Watch {
        std::weak_ptr<Calls> calls;
        plan::MachineKind kind;
    };

    bool one_daemon_for_all() const { return host_.qemu_uri == host_.lxc_uri; }
    Connections& of(plan::MachineKind kind) { return kind == plan::MachineKind::vm ? qemu_ : lxc_; }
    void watch(virConnectPtr connection, std::size_t index, plan::MachineKind kind);
    static int lifecycle(virConnectPtr, virDomainPtr domain, int event, int detail, void* opaque);
    Result<void> list_networks(std::vector<Observed>& into);
    Result<void> list_domains(plan::MachineKind kind, std::vector<Observed>& into);
    void list_remains(std::vector<Observed>& into);
    Result<std::string> container_xml_of(const MachineSpec& spec);
    void tell(const std::string& object, const std::string& text);

    Loop& loop_;
    Host host_;
    ImageStore images_;
    AgentStore agent_;
    Connections qemu_;
    Connections lxc_;
    VirtualMachines vms_;
    range::Hypervisor::Vanished vanished_; // of the loop alone
    range::Hypervisor::Notice notice_;     // likewise
};

// The first connection of each URI carries the lifecycle events; every listing sees to it that it is open.
void Calls::watch(virConnectPtr connection, std::size_t index, plan::MachineKind kind) {
    if (index != 0)
        return;
    auto* watch = new Watch{weak_from_this(), kind};
    // libvirt takes callbacks of all kinds of events as one type.
    const auto callback =
        reinterpret_cast<virConnectDomainEventGenericCallback>(reinterpret_cast<void (*)()>(&Calls::lifecycle));
    const auto release = [](void* p) { delete static_cast<Watch*>(p); };
    if (virConnectDomainEventRegisterAny(connection, nullptr, VIR_DOMAIN_EVENT_ID_LIFECYCLE, callback, watch, release) <
        0)
        delete watch;
}

int Calls::lifecycle(virConnectPtr, virDomainPtr domain, int event, int detail, void* opaque) {
    if (event != VIR_DOMAIN_EVENT_STOPPED)
        return 0;
    const auto& watch = *static_cast<Watch*>(opaque);
    const auto calls = watch.calls.lock();
    char uuid[VIR_UUID_STRING_BUFLEN] = "";
    if (!calls || virDomainGetUUIDString(domain, uuid) != 0)
        return 0;
    calls->loop_.post([weak = watch.calls, ref = MachineRef{watch.kind, virDomainGetName(domain), uuid},
                       reason = stop_reason(detail)] {
        if (const auto self = weak.lock(); self && self->vanished_)
            self->vanished_(ref, reason);
    });
    return 0;
}

Result<void> Calls::list_networks(std::vector<Observed>& into) {
    const auto connection = qemu_.get(0);
    if (!connection)
        return tl::unexpected(connection.error());
    List<virNetwork, virNetworkFree> list;
    list.count = virConnectListAllNetworks(connection->get(), &list.items, 0);
    if (list.count < 0)
        return last_error(host_.qemu_uri);
    for (int i = 0; i < list.count; ++i) {
        const auto marked = mark_of(list.items[i]);
        char uuid[VIR_UUID_STRING_BUFLEN] = "";
        if (!marked || virNetworkGetUUIDString(list.items[i], uuid) != 0)
            continue;
        const bool active = virNetworkIsActive(list.items[i]) == 1;
        into.push_back({ObjectKind::network,
                        {},
                        marked->mark,
                        virNetworkGetName(list.items[i]),
                        uuid,
                        active,
                        active ? "running" : "inactive"});
    }
    return {};
}

Result<void> Calls::list_domains(plan::MachineKind kind, std::vector<Observed>& into) {
    const auto connection = of(kind).get(0);
    if (!connection)
        return tl::unexpected(connection.error());
    List<virDomain, virDomainFree> list;
    list.count = virConnectListAllDomains(connection->get(), &list.items, 0);
    if (list.count < 0)
        return last_error(of(kind).uri());
    for (int i = 0; i < list.count; ++i) {
        const auto marked = mark_of(list.items[i]);
        char uuid[VIR_UUID_STRING_BUFLEN] = "";
        int state = 0;
        if (!marked || virDomainGetUUIDString(list.items[i], uuid) != 0 ||
            virDomainGetState(list.items[i], &state, nullptr, 0) != 0)
            continue;                      // it went away while we looked
        if (marked->kind == golden_kind) { // the host's and of no exercise
            vms_.end_abandoned_golden(list.items[i], *marked);
            continue;
        }
        into.push_back({ObjectKind::machine,
                        marked->kind == "vm" ? plan::MachineKind::vm : plan::MachineKind::container, marked->mark,
                        virDomainGetName(list.items[i]), uuid, state_name(state) == "running", state_name(state)});
    }
    return {};
}

void Calls::list_remains(std::vector<Observed>& into) {
    for (auto& remains : vms_.files().list()) {
        const bool there = std::any_of(into.begin(), into.end(), [&](const Observed& o) {
            return o.kind == ObjectKind::machine && o.name == remains.name;
        });
        if (!there)
            into.push_back({ObjectKind::machine, plan::MachineKind::vm, remains.marked.mark, remains.name, remains.uuid,
                            false, "only left behind on disk"});
    }
}

Result<std::vector<Observed>> Calls::list() {
    std::vector<Observed> all;
    if (auto listed = list_networks(all); !listed)
        return tl::unexpected(listed.error());
    if (auto listed = list_domains(plan::MachineKind::vm, all); !listed)
        return tl::unexpected(listed.error());
    if (!one_daemon_for_all())
        if (auto listed = list_domains(plan::MachineKind::container, all); !listed)
            return tl::unexpected(listed.error());
    list_remains(all);
    if (const auto connection = qemu_.get(0))
        vms_.tidy(connection->get());
    return all;
}

Result<void> Calls::create(const NetworkSpec& spec) {
    const auto connection = qemu_.get();
    if (!connection)
        return tl::unexpected(connection.error());
    if (const Network there(virNetworkLookupByName(connection->get(), spec.name.c_str())); there) {
        if (auto accepted = accept_existing(mark_of(there.get()), spec.mark, spec.name); !accepted)
            return accepted;
    } else if (!Network(virNetworkCreateXML(connection->get(), network_xml(spec).c_str())))
        return last_error(spec.mark.object);
    // Also where the network was there already: whoever made it may have been killed before this.
    if (spec.trunk)
        return make_trunk(host_.qemu_uri, spec.bridge, *spec.trunk);
    // It may have had parts elsewhere before.
    return spec.hosts.empty() ? Result<void>() : remove_trunk(host_.qemu_uri, spec.bridge);
}

Result<std::string> Calls::container_xml_of(const MachineSpec& spec) {
    const auto root = images_.container_root(spec.image);
    if (!root)
        return tl::unexpected(root.error());
    const auto agent = agent_.directory();
    if (!agent)
        return tl::unexpected(agent.error());
    return container_xml(spec, {*root, *agent});
}

Result<void> Calls::create(const MachineSpec& spec) {
    if (spec.kind == plan::MachineKind::vm)
        return vms_.create(spec);
    const auto connection = lxc_.get();
    if (!connection)
        return tl::unexpected(connection.error());
    if (const Domain there(virDomainLookupByName(connection->get(), spec.name.c_str())); there)
        return accept_existing(mark_of(there.get()), spec.mark, spec.name);
    const auto xml = container_xml_of(spec);
    if (!xml)
        return tl::unexpected(Error(xml.error().code, spec.mark.object, xml.error().message));
    if (!Domain(virDomainCreateXML(connection->get(), xml->c_str(), 0)))
        return last_error(spec.mark.object);
    return {};
}

tl::unexpected<Error> unsupported(const std::string& object) {
    return fail("range.unsupported", object, "a container's memory cannot be saved; its agent keeps its files instead");
}

Result<void> Calls::save(const MachineRef& machine, const std::string& snapshot) {
    if (machine.kind == plan::MachineKind::container)
        return unsupported(machine.name);
    return vms_.save(machine, snapshot);
}

Result<void> Calls::restore(const MachineSpec& spec, const std::string& snapshot) {
    if (spec.kind == plan::MachineKind::container)
        return unsupported(spec.mark.object);
    return vms_.restore(spec, snapshot);
}

Result<void> Calls::forget(const MachineRef& machine, const std::string& snapshot) {
    return vms_.forget(machine, snapshot);
}

void Calls::tell(const std::string& object, const std::string& text) {
    loop_.post([weak = weak_from_this(), object, text] {
        if (const auto self = weak.lock(); self && self->notice_)
            self->notice_(object, text);
    });
}

Result<void> Calls::destroy(const Observed& object) {
    if (object.kind == ObjectKind::network) {
        const auto connection = qemu_.get();
        if (!connection)
            return tl::unexpected(connection.error());
        const Network there(virNetworkLookupByName(connection->get(), object.name.c_str()));
        if (!there)
            return last_error_is_absence() ? Result<void>() : last_error(object.mark.object);
        if (auto ours = check_ours(mark_of(there.get()), object); !ours)
            return ours;
        // libvirt removes the bridge but knows nothing of this port, which goes first so that none is ever left alone.
        if (const Text bridge(virNetworkGetBridgeName(there.get())); bridge)
            if (auto gone = remove_trunk(host_.qemu_uri, bridge.get()); !gone)
                return gone;
        if (virNetworkDestroy(there.get()) != 0 && !last_error_is_absence())
            return last_error(object.mark.object);
        return {};
    }
    const auto connection = of(object.machine).get();
    if (!connection)
        return tl::unexpected(connection.error());
    if (const Domain there(virDomainLookupByName(connection->get(), object.name.c_str())); there) {
        if (auto ours = check_ours(mark_of(there.get()), object); !ours)
            return ours;
        if (virDomainDestroy(there.get()) != 0 && !last_error_is_absence())
            return last_error(object.mark.object);
    } else if (!last_error_is_absence())
        return last_error(object.mark.object);
    if (object.machine == plan::MachineKind::vm)
        vms_.files().remove(object.name);
    return {};
}

Result<std::unique_ptr<agents::GuestChannel>> Calls::open(const MachineRef& machine, bool agent,
                                                          std::weak_ptr<WorkerPool> pool) {
    const auto connection = of(machine.kind).get();
    if (!connection)
        return tl::unexpected(connection.error());
    const Domain domain(virDomainLookupByUUIDString(connection->get(), machine.uuid.c_str()));
    if (!domain)
        return last_error(machine.name);
    Stream stream(virStreamNew(connection->get(), VIR_STREAM_NONBLOCK));
    if (!stream)
        return last_error(machine.name);
    int opened = 0;
    if (machine.kind == plan::MachineKind::container) // its driver knows no FORCE
        opened = virDomainOpenConsole(domain.get(), agent ? container_agent_console : container_first_console,
                                      stream.get(), 0);
    else if (agent)
        opened = virDomainOpenChannel(domain.get(), agent_port, stream.get(), VIR_DOMAIN_CHANNEL_FORCE);
    else
        opened = virDomainOpenConsole(domain.get(), vm_first_console, stream.get(), VIR_DOMAIN_CONSOLE_FORCE);
    if (opened != 0)
        return last_error(machine.name);
    return stream_channel(loop_, std::move(pool), *connection, std::move(stream));
}

// libvirt hands QEMU one end of a socket pair: this works only with a libvirtd on this machine.
Result<std::unique_ptr<agents::GuestChannel>> Calls::open_display(const MachineRef& machine,
                                                                  std::weak_ptr<WorkerPool> pool) {
    if (machine.kind == plan::MachineKind::container)
        return fail("range.unsupported", machine.name, "a container has no display");
    const auto connection = of(machine.kind).get();
    if (!connection)
        return tl::unexpected(connection.error());
    const Domain domain(virDomainLookupByUUIDString(connection->get(), machine.uuid.c_str()));
    if (!domain)
        return last_error(machine.name);
    const int socket = virDomainOpenGraphicsFD(domain.get(), 0, 0);
    if (socket < 0)
        return last_error(machine.name);
    return socket_channel(loop_, std::move(pool), socket);
}

// What programs could have at once: what lies idle, and what the kernel holds only because nobody else wants it.
// 0 where the driver does not tell.
std::int64_t free_memory_mib(virConnectPtr connection) {
    int count = 0;
    if (virNodeGetMemoryStats(connection, VIR_NODE_MEMORY_STATS_ALL_CELLS, nullptr, &count, 0) != 0 || count <= 0)
        return 0;
    std::vector<virNodeMemoryStats> stats(static_cast<std::size_t>(count));
    if (virNodeGetMemoryStats(connection, VIR_NODE_MEMORY_STATS_ALL_CELLS, stats.data(), &count, 0) != 0)
        return 0;
    std::int64_t kib = 0;
    for (const auto& stat : stats) {
        const std::string_view field(stat.field);
        if (field == VIR_NODE_MEMORY_STATS_FREE || field == VIR_NODE_MEMORY_STATS_BUFFERS ||
            field == VIR_NODE_MEMORY_STATS_CACHED)
            kib += static_cast<std::int64_t>(stat.value);
    }
    return kib / 1024;
}

Result<range::HostInfo> Calls::info() {
    const auto connection = qemu_.get();
    if (!connection)
        return tl::unexpected(connection.error());
    range::HostInfo info;
    virNodeInfo node;
    unsigned long library = 0;
    if (virNodeGetInfo(connection->get(), &node) != 0 || virConnectGetLibVersion(connection->get(), &library) != 0)
        return last_error(host_.qemu_uri);
    info.hypervisor = fmt::format("libvirt {}.{}.{}", library / 1'000'000, library / 1'000 % 1'000, library % 1'000);
    info.accel = host_.accel;
    info.cpus = static_cast<int>(node.cpus);
    info.memory_mib = static_cast<std::int64_t>(node.memory / 1024);
    info.free_memory_mib = free_memory_mib(connection->get());
    return info;
}

class LibvirtHypervisor final : public range::Hypervisor {
  public:
    LibvirtHypervisor(Loop& loop, Host host)
        : events_(EventThread::get()), pool_(std::make_shared<WorkerPool>(workers)),
          makers_(std::make_shared<WorkerPool>(makers)), calls_(std::make_shared<Calls>(loop, std::move(host))) {}

    ~LibvirtHypervisor() override { calls_->stop(); }

    void list(Done<std::vector<Observed>> done) override {
        run<std::vector<Observed>>([](Calls& calls) { return calls.list(); }, std::move(done));
    }
    void create_network(const NetworkSpec& spec, Done<void> done) override {
        run<void>([spec](Calls& calls) { return calls.create(spec); }, std::move(done));
    }
    void create_machine(const MachineSpec& spec, Done<void> done) override {
        run<void>(
            spec.kind == plan::MachineKind::vm ? *makers_ : *pool_, [spec](Calls& calls) { return calls.create(spec); },
            std::move(done));
    }
    void save_machine(const MachineRef& machine, const std::string& snapshot, Done<void> done) override {
        run<void>(
            *makers_, [machine, snapshot](Calls& calls) { return calls.save(machine, snapshot); }, std::move(done));
    }
    void restore_machine(const MachineSpec& spec, const std::string& snapshot, Done<void> done) override {
        run<void>(
            *makers_, [spec, snapshot](Calls& calls) { return calls.restore(spec, snapshot); }, std::move(done));
    }
    void forget_snapshot(const MachineRef& machine, const std::string& snapshot, Done<void> done) override {
        run<void>(
            *pool_, [machine, snapshot](Calls& calls) { return calls.forget(machine, snapshot); }, std::move(done));
    }
    void on_notice(Notice observer) override { calls_->on_notice(std::move(observer)); }
    void destroy(const Observed& object, Done<void> done) override {
        run<void>([object](Calls& calls) { return calls.destroy(object); }, std::move(done));
    }
    void guard(const range::Guard& guard, Done<void> done) override {
        run<void>([rules = guard_rules(guard)](Calls& calls) { return calls.load_rules(rules); }, std::move(done));
    }
    void unguard(const std::string& exercise, Done<void> done) override {
        run<void>([rules = no_guard_rules(exercise)](Calls& calls) { return calls.load_rules(rules); },
                  std::move(done));
    }
    void open_agent(const MachineRef& machine, Done<Channel> done) override { open(machine, true, std::move(done)); }
    void open_console(const MachineRef& machine, Done<Channel> done) override { open(machine, false, std::move(done)); }
    void open_display(const MachineRef& machine, Done<Channel> done) override {
        run<Channel>([machine, pool = std::weak_ptr(pool_)](Calls& calls) { return calls.open_display(machine, pool); },
                     std::move(done));
    }
    void host_info(Done<range::HostInfo> done) override {
        run<range::HostInfo>([](Calls& calls) { return calls.info(); }, std::move(done));
    }
    void on_vanished(Vanished observer) override { calls_->on_vanished(std::move(observer)); }

  private:
    void open(const MachineRef& machine, bool agent, Done<Channel> done) {
        run<Channel>(
            [machine, agent, pool = std::weak_ptr(pool_)](Calls& calls) { return calls.open(machine, agent, pool); },
            std::move(done));
    }

    template <class T> void run(std::function<Result<T>(Calls&)> call, Done<T> done) {
        run<T>(*pool_, std::move(call), std::move(done));
    }
    template <class T> void run(WorkerPool& pool, std::function<Result<T>(Calls&)> call, Done<T> done) {
        pool.run(
            [calls = calls_, alive = std::weak_ptr(alive_), call = std::move(call), done = std::move(done)]() mutable {
                // Shared, because a posted task has to be copyable and a channel is not.
                auto result = std::make_shared<Result<T>>(call(*calls));
                calls->loop().post([alive, result, done = std::move(done)] {
                    if (!alive.expired())
                        done(std::move(*result));
                });
            });
    }

    // In the order in which they have to outlive each other: the pools go first, then the connections, then the
    // events.
    std::shared_ptr<EventThread> events_;
    std::shared_ptr<WorkerPool> pool_;
    std::shared_ptr<WorkerPool> makers_;
    std::shared_ptr<Calls> calls_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

} // namespace

Host Host::private_host(const std::filesystem::path& directory, std::filesystem::path images,
                        std::filesystem::path data, std::filesystem::path agent) {
    std::string accel = "tcg";
    std::ifstream(directory / "accel") >> accel;
    const auto uri = [&](const char* driver) {
        return fmt::format("{}+unix:///system?socket={}/libvirt-sock", driver, directory.string());
    };
    return {uri("qemu"), uri("lxc"), accel, std::move(images), std::move(data), std::move(agent), {}, true};
}

std::unique_ptr<range::Hypervisor> make_hypervisor(Loop& loop, Host host) {
    // libvirt writes to its sockets without sparing us the signal when the daemon at the other end has died.
    std::signal(SIGPIPE, SIG_IGN);
    return std::make_unique<LibvirtHypervisor>(loop, std::move(host));
}

} // namespace testudo::libvirt
