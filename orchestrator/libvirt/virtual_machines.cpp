#include "orchestrator/libvirt/virtual_machines.hpp"

#include <chrono>
#include <fmt/format.h>
#include <libvirt/virterror.h>
#include <thread>

#include "orchestrator/core/digest.hpp"
#include "orchestrator/libvirt/golden_agent.hpp"
#include "orchestrator/libvirt/ownership.hpp"
#include "orchestrator/libvirt/restore_feed.hpp"
#include "orchestrator/libvirt/save_image.hpp"
#include "orchestrator/range/snapshots.hpp"

namespace testudo::libvirt {
namespace fs = std::filesystem;
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds between_looks{100};
constexpr std::chrono::seconds golden_patience{180};
constexpr std::chrono::minutes hopeless_for{5};
constexpr const char* no_links = "files.link"; // golden files and machines are on different file systems

// The seconds of something that takes many, told once each.
class Seconds {
  public:
    explicit Seconds(std::function<void(long)> tell) : tell_(std::move(tell)) {}
    void tick() {
        const auto now = std::chrono::duration_cast<std::chrono::seconds>(SteadyClock::now() - began_).count();
        if (now == told_)
            return;
        told_ = now;
        tell_(now);
    }

  private:
    std::function<void(long)> tell_;
    SteadyClock::time_point began_ = SteadyClock::now();
    long told_ = -1;
};

Result<std::string> versions_of(virConnectPtr connection) {
    unsigned long libvirt = 0;
    unsigned long qemu = 0;
    if (virConnectGetLibVersion(connection, &libvirt) != 0 || virConnectGetVersion(connection, &qemu) != 0)
        return last_error("hypervisor");
    return fmt::format("libvirt {} qemu {}", libvirt, qemu);
}

void end(virDomainPtr domain) {
    virDomainDestroy(domain);
}

} // namespace

Result<void> VirtualMachines::create(const range::MachineSpec& spec) {
    const auto connection = connections_.get();
    if (!connection)
        return tl::unexpected(connection.error());
    if (const Domain there(virDomainLookupByName(connection->get(), spec.name.c_str())); there)
        return accept_existing(mark_of(there.get()), spec.mark, spec.name);
    if (!clones_) {
        auto booted = boot(connection->get(), spec);
        if (!booted)
            machines_.remove(spec.name);
        return booted;
    }
    const auto kind = kind_of(connection->get(), spec);
    if (!kind)
        return tl::unexpected(Error(kind.error().code, spec.mark.object, kind.error().message));
    const auto golden = golden_for(connection->get(), spec, *kind);
    if (!golden && stopping_)
        return tl::unexpected(Error(golden.error().code, spec.mark.object, golden.error().message));
    auto why = golden ? Error("", "", "") : golden.error();
    if (golden) {
        const auto cloned = clone(connection->get(), spec, *golden);
        if (cloned)
            return {};
        machines_.remove(spec.name);
        if (!cloned.error().unfit)
            return tl::unexpected(cloned.error().error);
        why = cloned.error().error;
    }
    notice_(spec.mark.object, "boots from its image, because it cannot be cloned: " + why.message);
    auto booted = boot(connection->get(), spec);
    if (!booted)
        machines_.remove(spec.name);
    else if (golden && why.code != no_links) // what can boot but not be restored was saved badly
        goldens_.spoil(*golden);
    return booted;
}

Result<void> VirtualMachines::boot(virConnectPtr connection, const range::MachineSpec& spec) {
    const auto refuse = [&](const Error& error) {
        return tl::unexpected(Error(error.code, spec.mark.object, error.message));
    };
    const auto image = images_.vm(spec.image);
    if (!image)
        return refuse(image.error());
    const auto agent = agent_.image();
    if (!agent)
        return refuse(agent.error());
    const auto files = machines_.create(spec, *image, *agent);
    if (!files)
        return refuse(files.error());
    if (!Domain(virDomainCreateXML(connection, vm_xml(spec, *files, accel_).c_str(), 0)))
        return last_error(spec.mark.object);
    return {};
}

Result<GoldenKind> VirtualMachines::kind_of(virConnectPtr connection, const range::MachineSpec& spec) {
    const auto image = images_.vm(spec.image);
    if (!image)
        return tl::unexpected(image.error());
    const auto agent = agent_.image();
    if (!agent)
        return tl::unexpected(agent.error());
    auto versions = versions_of(connection);
    if (!versions)
        return tl::unexpected(versions.error());
    return GoldenKind{
        image->disk.parent_path(), agent->parent_path().filename().string(), spec.memory_mib, spec.cpus, accel_,
        std::move(*versions)};
}

Result<GoldenStore::Golden> VirtualMachines::golden_for(virConnectPtr connection, const range::MachineSpec& spec,
                                                        const GoldenKind& kind) {
    const auto key = kind.key();
    if (spec.nics.size() > most_clone_nics)
        return fail("golden.unfit", spec.image, fmt::format("it has more than {} network cards", most_clone_nics));
    if (const auto image = images_.vm(spec.image); image && image->kernel.empty())
        return fail("golden.unfit", spec.image, "it has a boot loader of its own");
    if (spec.mark.object.size() >= identity_text("").size() || spec.secret.size() >= identity_text("").size())
        return fail("golden.unfit", spec.image, "its name is too long");
    Seconds waiting([&](long seconds) {
        if (seconds > 0)
            notice_(spec.mark.object, fmt::format("waits for the golden machine of {}, {} s", spec.image, seconds));
    });
    for (;; std::this_thread::sleep_for(between_looks)) {
        if (auto golden = goldens_.find(key))
            return *golden;
        // Whoever has the lock makes it, in this process or another.
        if (const auto lock = goldens_.lock(key, FileLock::Kind::exclusive)) {
            if (auto golden = goldens_.find(key))
                return *golden;
            {
                const std::lock_guard guard(mutex_);
                if (const auto known = hopeless_.find(key);
                    known != hopeless_.end() && SteadyClock::now() - known->second.failed < hopeless_for)
                    return fail("golden.failed", spec.image, known->second.why);
            }
            auto made = make_golden(connection, spec, kind);
            if (!made) {
                const std::lock_guard guard(mutex_);
                hopeless_[key] = {made.error().message, SteadyClock::now()};
            }
            return made;
        }
        if (stopping_)
            return fail("golden.stopped", spec.image, "the program is ending");
        waiting.tick();
    }
}

Result<GoldenStore::Golden> VirtualMachines::make_golden(virConnectPtr connection, const range::MachineSpec& spec,
                                                         const GoldenKind& kind) {
    auto golden = goldens_.begin(kind);
    if (!golden)
        return golden;
    if (auto saved = boot_and_save(connection, spec, kind, *golden); !saved) {
        goldens_.remove(*golden);
        return tl::unexpected(saved.error());
    }
    return golden;
}

Result<void> VirtualMachines::boot_and_save(virConnectPtr connection, const range::MachineSpec& wanted,
                                            const GoldenKind& kind, const GoldenStore::Golden& golden) {
    const auto image = images_.vm(wanted.image);
    const auto agent = agent_.image();
    if (!image || !agent)
        return tl::unexpected(image ? agent.error() : image.error());
    range::MachineSpec spec;
    spec.name = "testudo-golden-" + golden.directory.filename().string();
    spec.uuid = uuid_of(golden.directory.string());
    spec.mark.object = kind.key();
    spec.mark.plan = goldens_.directory().string(); // a host may serve several
    spec.memory_mib = wanted.memory_mib;
    spec.cpus = wanted.cpus;
    spec.secret = random_hex(32);
    VmFiles files{golden.disk(),
                  image->kernel,
                  image->initrd,
                  image->cmdline,
                  *agent,
                  golden.directory / "secret",
                  golden.directory / "machine"};
    for (const auto& [path, text] : {std::pair(files.secret, spec.secret), std::pair(files.machine, spec.mark.object)})
        if (auto wrote = write_private(path, identity_text(text)); !wrote)
            return wrote;
    if (auto made = make_overlay(image->disk, files.disk); !made)
        return made;
    const Domain domain(virDomainCreateXML(connection, golden_xml(spec, files, accel_).c_str(), 0));
    if (!domain)
        return last_error(spec.name);
    Seconds seconds([&](long passed) {
        notice_(wanted.mark.object, fmt::format("the golden machine of {} is being made, {} s", wanted.image, passed));
    });
    auto settled = settle_golden_machine(connection, domain.get(), spec.secret, spec.mark.object, golden_patience, [&] {
        seconds.tick();
        return !stopping_;
    });
    const auto half = golden.directory / "state.new";
    if (settled && virDomainSave(domain.get(), half.c_str()) != 0)
        settled = last_error(spec.name);
    if (!settled) {
        end(domain.get());
        return settled;
    }
    if (const auto read = read_save_image(half); !read)
        return tl::unexpected(read.error());
    std::error_code error;
    fs::rename(half, golden.state(), error);
    if (error)
        return fail("files.write", golden.state().string(), error.message());
    return {};
}

VirtualMachines::Made VirtualMachines::clone(virConnectPtr connection, const range::MachineSpec& spec,
                                             const GoldenStore::Golden& golden) {
    const auto lock = goldens_.lock(golden.key(), FileLock::Kind::shared); // against somebody who prunes
    const auto files = machines_.create(spec, {golden.disk()});
    if (!files)
        return tl::unexpected(Failure{Error(files.error().code, spec.mark.object, files.error().message),
                                      files.error().code == no_links});
    return wake(connection, spec, golden.state(), *files, true);
}

VirtualMachines::Made VirtualMachines::wake(virConnectPtr connection, const range::MachineSpec& spec,
                                            const fs::path& state, const VmFiles& files, bool plug_in) {
    const auto failed = [&](const Error& error, bool unfit) {
        return tl::unexpected(Failure{Error(error.code, spec.mark.object, error.message), unfit});
    };
    const auto image = read_save_image(state);
    if (!image)
        return failed(image.error(), true);
    const auto xml = revived_xml(image->xml, spec, files);
    if (!xml)
        return failed(xml.error(), true);
    {
        const auto feed = RestoreFeed::open(files.disk.parent_path() / restore_fifo,
                                            head_of_save_image(*xml, image->cookie), state, image->stream_at);
        if (!feed)
            return failed(feed.error(), true);
        // Paused until it is complete: if we are killed before, it is found to be less than a machine that runs.
        if (virDomainRestoreFlags(connection, (*feed)->path().c_str(), nullptr, VIR_DOMAIN_SAVE_PAUSED) != 0) {
            const auto error = last_error(spec.mark.object).value();
            return failed(error, error.code != "libvirt.unreachable");
        }
    }
    const Domain domain(virDomainLookupByName(connection, spec.name.c_str()));
    if (!domain)
        return failed(last_error(spec.mark.object).value(), false);
    const auto give_up = [&] {
        const auto error = last_error(spec.mark.object).value();
        end(domain.get());
        return failed(error, false);
    };
    if (plug_in)
        for (const auto& nic : spec.nics)
            if (virDomainAttachDevice(domain.get(), nic_xml(nic).c_str()) != 0)
                return give_up();
    if (virDomainResume(domain.get()) != 0)
        return give_up();
    return {};
}

Result<void> VirtualMachines::restore(const range::MachineSpec& spec, const std::string& snapshot) {
    if (auto good = range::Snapshots::check_name(snapshot); !good)
        return good;
    const auto connection = connections_.get();
    if (!connection)
        return tl::unexpected(connection.error());
    if (const Domain there(virDomainLookupByName(connection->get(), spec.name.c_str())); there)
        return accept_existing(mark_of(there.get()), spec.mark, spec.name);
    const auto found = snapshots_.find(spec.mark.exercise, spec.name, snapshot);
    if (!found)
        return tl::unexpected(Error(found.error().code, spec.mark.object, found.error().message));
    if (found->mark.object != spec.mark.object || found->mark.spec != spec.mark.spec)
        return fail("range.other-spec", spec.mark.object,
                    fmt::format("snapshot {} was taken of a machine that was made from another specification: its "
                                "template has changed since",
                                snapshot));
    const auto files = machines_.create(spec, found->layers);
    auto made = files
                    ? wake(connection->get(), spec, found->state(), *files, false)
                    : Made(tl::unexpected(Failure{Error(files.error().code, spec.mark.object, files.error().message)}));
    if (made)
        return {};
    machines_.remove(spec.name);
    return tl::unexpected(made.error().error);
}

Result<void> VirtualMachines::save(const range::MachineRef& machine, const std::string& snapshot) {
    if (auto good = range::Snapshots::check_name(snapshot); !good)
        return good;
    const auto connection = connections_.get();
    if (!connection)
        return tl::unexpected(connection.error());
    const Domain domain(virDomainLookupByUUIDString(connection->get(), machine.uuid.c_str()));
    if (!domain)
        return last_error(machine.name);
    const auto marked = mark_of(domain.get());
    if (!marked || virDomainGetName(domain.get()) != machine.name)
        return fail("range.not-ours", machine.name, "it does not carry our mark");
    const auto building = snapshots_.begin(marked->mark.exercise, machine.name);
    if (!building)
        return tl::unexpected(building.error());
    const auto give_up = [&](Error error) {
        std::error_code ignored;
        fs::remove_all(*building, ignored);
        error.object = marked->mark.object;
        return tl::unexpected(std::move(error));
    };
    const auto home = machines_.directory() / machine.name;
    const Text before(virDomainGetXMLDesc(domain.get(), 0));
    if (!before)
        return give_up(last_error(machine.name).value());
    // libvirt stops the machine, writes its memory, begins a new layer and lets it go on; it does so to the end, or
    // undoes it, whatever becomes of us.
    const auto layer = machines_.next_layer(machine.name);
    const std::unique_ptr<virDomainSnapshot, int (*)(virDomainSnapshotPtr)> taken(
        virDomainSnapshotCreateXML(domain.get(), snapshot_xml(*building / "state", layer).c_str(),
                                   VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA | VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC),
        virDomainSnapshotFree);
    if (!taken) {
        const auto error = last_error(machine.name).value();
        const Text now(virDomainGetXMLDesc(domain.get(), 0));
        if (now && disk_layers(now.get()) == disk_layers(before.get())) {
            std::error_code ignored;
            fs::remove(layer, ignored);
        }
        return give_up(error);
    }
    std::vector<fs::path> layers;
    for (const auto& file : disk_layers(before.get()))
        if (file.parent_path() == home)
            layers.insert(layers.begin(), file);
    if (auto done = snapshots_.finish(*building, snapshot, machine.uuid, marked->mark, layers); !done)
        return give_up(done.error());
    return {};
}

void VirtualMachines::end_abandoned_golden(virDomainPtr domain, const Marked& marked) const {
    if (marked.mark.plan != goldens_.directory().string())
        return;
    if (const auto lock = goldens_.lock(marked.mark.object, FileLock::Kind::exclusive))
        end(domain);
}

void VirtualMachines::tidy(virConnectPtr connection) {
    {
        const std::lock_guard guard(mutex_);
        if (std::exchange(tidied_, true))
            return;
    }
    const auto agent = agent_.directory();
    const auto versions = versions_of(connection);
    if (!agent || !versions)
        return;
    goldens_.prune(agent->parent_path().filename().string(), *versions);
}

} // namespace testudo::libvirt
