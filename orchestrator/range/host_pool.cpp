#include "orchestrator/range/host_pool.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "orchestrator/core/digest.hpp"

namespace testudo::range {
namespace {

// 24 bits, of which none but zero is taken.
std::uint32_t vni_of(const Mark& network) {
    const auto name = fmt::format("vni/{}/{}", network.exercise, network.object);
    return std::max<std::uint32_t>(1, static_cast<std::uint32_t>(std::stoul(short_hash(name, 6), nullptr, 16)));
}

bool has(const std::vector<std::string>& list, const std::string& item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

} // namespace

HostPool::HostPool(Loop& loop, std::vector<Member> members, Millis patience) : loop_(loop), patience_(patience) {
    for (auto& member : members)
        hosts_.push_back(std::make_unique<Host>(Host{std::move(member), "", false}));
}

HostPool::~HostPool() {
    loop_.cancel(watching_);
}

void HostPool::watch(Millis period) {
    loop_.cancel(watching_);
    watching_ = loop_.after(period, [this, period] {
        for (auto& host : hosts_)
            list_one(*host, [](const auto&) {});
        watch(period);
    });
}

// --- which hosts are there
// --------------------------------------------------------------------------------------------

void HostPool::heard_of(Host& host, const std::string& reason) {
    const bool up = reason.empty();
    if (host.reason.empty() == up)
        return;
    host.reason = reason;
    if (host_change_)
        host_change_(host.member.id, up, reason);
}

void HostPool::list_one(Host& host, Listed listed) {
    // One that hangs would hang once more, and take one more of its adapter's threads.
    if (host.late)
        return loop_.post([listed = std::move(listed), error = Error("range.host-lost", host.member.id, host.reason)] {
            listed(tl::unexpected(error));
        });
    const auto waiting = std::make_shared<Listed>(std::move(listed));
    const auto timer = loop_.after(patience_, [this, &host, waiting, weak = std::weak_ptr(alive_)] {
        if (weak.expired())
            return;
        host.late = true;
        heard_of(host, fmt::format("it has not answered for {} s", patience_.count() / 1000));
        std::exchange(*waiting, {})(fail("range.host-lost", host.member.id, host.reason));
    });
    host.member.hypervisor->list(
        [this, &host, waiting, timer, weak = std::weak_ptr(alive_)](Result<std::vector<Observed>> found) {
            if (weak.expired())
                return;
            loop_.cancel(timer);
            host.late = false;
            heard_of(host, found ? "" : found.error().message);
            if (found)
                for (auto& object : *found)
                    object.host = host.member.id;
            if (*waiting)
                std::exchange(*waiting, {})(found);
        });
}

std::map<std::string, std::string> HostPool::lost() const {
    std::map<std::string, std::string> all;
    for (const auto& host : hosts_)
        if (!host->reason.empty())
            all[host->member.id] = host->reason;
    return all;
}

std::vector<HostPool::Host*> HostPool::all_up() {
    std::vector<Host*> up;
    for (auto& host : hosts_)
        if (host->reason.empty())
            up.push_back(host.get());
    return up;
}

HostPool::Host* HostPool::find(const std::string& id) {
    const auto it = std::find_if(hosts_.begin(), hosts_.end(), [&](const auto& h) { return h->member.id == id; });
    return it == hosts_.end() ? nullptr : it->get();
}

Result<Hypervisor*> HostPool::at(const std::string& id, const std::string& object) {
    const auto* host = find(id);
    if (host == nullptr)
        return fail("range.unknown-host", object, fmt::format("it belongs on {}, which is no host that is known", id));
    if (!host->reason.empty())
        return fail("range.host-lost", object, fmt::format("its host {} is lost: {}", id, host->reason));
    return host->member.hypervisor.get();
}

void HostPool::list(Done<std::vector<Observed>> done) {
    struct Gathering {
        std::size_t left;
        std::vector<Observed> found;
        bool any = false;
        std::optional<Error> error;
        Done<std::vector<Observed>> done;
    };
    const auto all = std::make_shared<Gathering>();
    all->left = hosts_.size();
    all->done = std::move(done);
    for (auto& host : hosts_)
        list_one(*host, [all](const Result<std::vector<Observed>>& found) {
            if (found)
                all->found.insert(all->found.end(), found->begin(), found->end());
            else if (!all->error)
                all->error = found.error();
            all->any = all->any || found;
            if (--all->left > 0)
                return;
            if (!all->any)
                return all->done(tl::unexpected(*all->error));
            all->done(std::move(all->found));
        });
}

// --- what concerns several
// --------------------------------------------------------------------------------------------

template <class T> void HostPool::refuse(Done<T> done, Error error) {
    loop_.post([done = std::move(done), error = std::move(error)] { done(tl::unexpected(error)); });
}

void HostPool::on_each(const std::vector<Host*>& hosts, const std::function<void(Host&, Done<void>)>& call,
                       Done<void> done) {
    if (hosts.empty())
        return loop_.post([done = std::move(done)] { done({}); });
    struct Gathering {
        std::size_t left;
        Result<void> result;
        Done<void> done;
    };
    const auto all = std::make_shared<Gathering>(Gathering{hosts.size(), {}, std::move(done)});
    for (auto* host : hosts)
        call(*host, [all](Result<void> result) {
            if (!result && all->result)
                all->result = std::move(result);
            if (--all->left == 0)
                all->done(std::move(all->result));
        });
}

void HostPool::create_network(const NetworkSpec& spec, Done<void> done) {
    std::vector<Host*> parts;
    for (auto& host : hosts_)
        if (spec.hosts.empty() || has(spec.hosts, host->member.id))
            parts.push_back(host.get());
    for (const auto& id : spec.hosts)
        if (find(id) == nullptr)
            return refuse(std::move(done), at(id, spec.mark.object).error());
    if (parts.size() > 1)
        for (const auto* part : parts)
            if (part->member.underlay.empty())
                return refuse(std::move(done),
                              Error("range.no-underlay", spec.mark.object,
                                    fmt::format("the segment is on {} hosts, and {} has no underlay address to reach "
                                                "the others by: give it one in the list of hosts",
                                                parts.size(), part->member.id)));
    std::vector<Host*> up;
    std::copy_if(parts.begin(), parts.end(), std::back_inserter(up), [](auto* part) { return part->reason.empty(); });
    if (up.empty()) {
        const auto& id = parts.front()->member.id;
        return refuse(std::move(done), at(id, spec.mark.object).error());
    }
    on_each(
        up,
        [&](Host& host, Done<void> part_done) {
            auto part = spec;
            if (parts.size() > 1) {
                part.trunk = Trunk{vni_of(spec.mark), host.member.underlay, {}};
                for (const auto* other : parts)
                    if (other != &host)
                        part.trunk->peers.push_back(other->member.underlay);
            }
            host.member.hypervisor->create_network(part, std::move(part_done));
        },
        std::move(done));
}

void HostPool::destroy(const Observed& object, Done<void> done) {
    if (!object.host.empty()) {
        const auto host = at(object.host, object.mark.object);
        return host ? (*host)->destroy(object, std::move(done)) : refuse(std::move(done), host.error());
    }
    on_each(
        all_up(), [&](Host& host, Done<void> part) { host.member.hypervisor->destroy(object, std::move(part)); },
        std::move(done));
}

void HostPool::guard(const Guard& guard, Done<void> done) {
    on_each(
        all_up(),
        [&](Host& host, Done<void> part) {
            const auto& id = host.member.id;
            Guard own{guard.exercise, {}, guard.trunked, {}};
            for (const auto& port : guard.ports)
                if (port.host.empty() || port.host == id)
                    own.ports.push_back(port);
            for (const auto& span : guard.spans)
                if (has(span.hosts, id))
                    own.trunked.push_back(span.bridge);
            host.member.hypervisor->guard(own, std::move(part));
        },
        std::move(done));
}

void HostPool::unguard(const std::string& exercise, Done<void> done) {
    on_each(
        all_up(), [&](Host& host, Done<void> part) { host.member.hypervisor->unguard(exercise, std::move(part)); },
        std::move(done));
}

void HostPool::host_info(Done<HostInfo> done) {
    const auto sum = std::make_shared<HostInfo>();
    const auto untold = std::make_shared<bool>(false); // one that does not tell its free memory leaves the sum unknown
    on_each(
        all_up(),
        [&](Host& host, Done<void> part) {
            host.member.hypervisor->host_info([sum, untold, part = std::move(part)](const Result<HostInfo>& info) {
                if (!info)
                    return part(tl::unexpected(info.error()));
                sum->hypervisor = info->hypervisor;
                if (sum->accel != "tcg") // the slowest
                    sum->accel = info->accel;
                sum->cpus += info->cpus;
                sum->memory_mib += info->memory_mib;
                *untold = *untold || info->free_memory_mib == 0;
                sum->free_memory_mib = *untold ? 0 : sum->free_memory_mib + info->free_memory_mib;
                part({});
            });
        },
        [sum, done = std::move(done)](const Result<void>& result) {
            if (!result)
                return done(tl::unexpected(result.error()));
            done(*sum);
        });
}

void HostPool::on_vanished(Vanished observer) {
    for (auto& host : hosts_) {
        if (!observer) {
            host->member.hypervisor->on_vanished({});
            continue;
        }
        host->member.hypervisor->on_vanished(
            [observer, id = host->member.id](MachineRef machine, const std::string& reason) {
                machine.host = id;
                observer(machine, reason);
            });
    }
}

void HostPool::on_notice(Notice observer) {
    for (auto& host : hosts_)
        host->member.hypervisor->on_notice(observer);
}

// --- what concerns one
// ------------------------------------------------------------------------------------------------

void HostPool::where(const MachineRef& machine, std::function<void(Result<Hypervisor*>)> then) {
    if (!machine.host.empty())
        return then(at(machine.host, machine.name));
    list([this, machine, then = std::move(then),
          weak = std::weak_ptr(alive_)](const Result<std::vector<Observed>>& found) {
        if (weak.expired())
            return;
        if (!found)
            return then(tl::unexpected(found.error()));
        for (const auto& object : *found)
            if (object.kind == ObjectKind::machine && object.name == machine.name)
                return then(at(object.host, machine.name));
        then(fail("range.no-machine", machine.name, "no host that is up has such a machine"));
    });
}

void HostPool::create_machine(const MachineSpec& spec, Done<void> done) {
    const auto host = at(spec.host, spec.mark.object);
    return host ? (*host)->create_machine(spec, std::move(done)) : refuse(std::move(done), host.error());
}

void HostPool::restore_machine(const MachineSpec& spec, const std::string& snapshot, Done<void> done) {
    const auto host = at(spec.host, spec.mark.object);
    return host ? (*host)->restore_machine(spec, snapshot, std::move(done)) : refuse(std::move(done), host.error());
}

void HostPool::save_machine(const MachineRef& machine, const std::string& snapshot, Done<void> done) {
    where(machine, [this, machine, snapshot, done = std::move(done)](Result<Hypervisor*> host) {
        return host ? (*host)->save_machine(machine, snapshot, done) : refuse(done, host.error());
    });
}

// What is kept outlives the machine, so a list would not tell where it is.
void HostPool::forget_snapshot(const MachineRef& machine, const std::string& snapshot, Done<void> done) {
    if (machine.host.empty())
        return on_each(
            all_up(),
            [&](Host& host, Done<void> part) {
                host.member.hypervisor->forget_snapshot(machine, snapshot, std::move(part));
            },
            std::move(done));
    const auto host = at(machine.host, machine.name);
    return host ? (*host)->forget_snapshot(machine, snapshot, std::move(done)) : refuse(std::move(done), host.error());
}

void HostPool::open_agent(const MachineRef& machine, Done<Channel> done) {
    where(machine, [this, machine, done = std::move(done)](Result<Hypervisor*> host) {
        return host ? (*host)->open_agent(machine, done) : refuse(done, host.error());
    });
}

void HostPool::open_console(const MachineRef& machine, Done<Channel> done) {
    where(machine, [this, machine, done = std::move(done)](Result<Hypervisor*> host) {
        return host ? (*host)->open_console(machine, done) : refuse(done, host.error());
    });
}

void HostPool::open_display(const MachineRef& machine, Done<Channel> done) {
    where(machine, [this, machine, done = std::move(done)](Result<Hypervisor*> host) {
        return host ? (*host)->open_display(machine, done) : refuse(done, host.error());
    });
}

} // namespace testudo::range
