#include "orchestrator/libvirt/machine_xml.hpp"

#include "orchestrator/libvirt/metadata.hpp"

namespace testudo::libvirt {
namespace {

using Attributes = std::initializer_list<std::pair<const char*, std::string>>;

pugi::xml_node add(pugi::xml_node parent, const char* name, Attributes attributes = {}) {
    auto node = parent.append_child(name);
    for (const auto& [key, value] : attributes)
        node.append_attribute(key) = value.c_str();
    return node;
}

void add_text(pugi::xml_node parent, const char* name, const std::string& text, Attributes attributes = {}) {
    add(parent, name, attributes).text() = text.c_str();
}

void begin(pugi::xml_node domain, const range::MachineSpec& spec, const char* kind) {
    add_text(domain, "name", spec.name);
    add_text(domain, "uuid", spec.uuid);
    if (!spec.title.empty())
        add_text(domain, "title", spec.title);
    add_metadata(domain, {spec.mark, kind});
    add_text(domain, "memory", std::to_string(spec.memory_mib), {{"unit", "MiB"}});
    add_text(domain, "vcpu", std::to_string(spec.cpus));
}

void end_when_stopped(pugi::xml_node domain) {
    add_text(domain, "on_poweroff", "destroy");
    add_text(domain, "on_reboot", "restart");
    add_text(domain, "on_crash", "destroy");
}

void add_interface(pugi::xml_node devices, const range::MachineSpec::Nic& nic, bool virtio) {
    auto interface = add(devices, "interface", {{"type", "bridge"}});
    add(interface, "mac", {{"address", nic.mac}});
    add(interface, "source", {{"bridge", nic.bridge}});
    add(interface, "target", {{"dev", nic.device}});
    if (virtio)
        add(interface, "model", {{"type", "virtio"}});
}

void add_interfaces(pugi::xml_node devices, const range::MachineSpec& spec, bool virtio) {
    for (const auto& nic : spec.nics)
        add_interface(devices, nic, virtio);
}

void add_console(pugi::xml_node devices, const char* type, int port) {
    auto console = add(devices, "console", {{"type", "pty"}});
    add(console, "target", {{"type", type}, {"port", std::to_string(port)}});
}

void add_mount(pugi::xml_node devices, const std::filesystem::path& from, const char* to) {
    auto mount = add(devices, "filesystem", {{"type", "mount"}, {"accessmode", "passthrough"}});
    add(mount, "source", {{"dir", from.string()}});
    add(mount, "target", {{"dir", to}});
    add(mount, "readonly");
}

void add_disk(pugi::xml_node devices, const std::filesystem::path& file, const char* format, const char* device,
              bool readonly) {
    auto disk = add(devices, "disk", {{"type", "file"}, {"device", "disk"}});
    auto driver = add(disk, "driver", {{"name", "qemu"}, {"type", format}});
    // A machine of a range is made anew rather than repaired, so its disk need not survive the host.
    driver.append_attribute("cache") = "unsafe";
    add(disk, "source", {{"file", file.string()}});
    add(disk, "target", {{"dev", device}, {"bus", "virtio"}});
    if (readonly)
        add(disk, "readonly");
}

// Every slot of this kind of machine takes one device, and slots cannot be added later: those of its other devices
// (port, two disks, random numbers), and one for each network card to come.
void add_slots(pugi::xml_node devices) {
    add(devices, "controller", {{"type", "pci"}, {"index", "0"}, {"model", "pcie-root"}});
    for (std::size_t i = 1; i <= 4 + most_clone_nics; ++i)
        add(devices, "controller", {{"type", "pci"}, {"index", std::to_string(i)}, {"model", "pcie-root-port"}});
}

std::string vm_document(const range::MachineSpec& spec, const VmFiles& files, const std::string& accel,
                        const char* kind);

} // namespace

std::string container_xml(const range::MachineSpec& spec, const ContainerFiles& files) {
    pugi::xml_document document;
    auto domain = add(document, "domain", {{"type", "lxc"}});
    begin(domain, spec, "container");
    auto os = add(domain, "os");
    add_text(os, "type", "exe");
    add_text(os, "init", "/testudo/testudo-agent");
    add_text(os, "initarg", "--init");
    add_text(os, "initenv", spec.mark.object, {{"name", "TESTUDO_MACHINE"}});
    add_text(os, "initenv", spec.secret, {{"name", "TESTUDO_SECRET"}});
    add(add(domain, "features"), "privnet");
    end_when_stopped(domain);
    auto devices = add(domain, "devices");
    add_mount(devices, files.root, "/");
    auto overlay = add(devices, "filesystem", {{"type", "ram"}});
    add(overlay, "source", {{"usage", std::to_string(spec.disk_mib)}, {"units", "MiB"}});
    add(overlay, "target", {{"dir", "/overlay"}});
    add_mount(devices, files.agent, "/testudo");
    add_interfaces(devices, spec, false);
    add_console(devices, "lxc", 0);
    add_console(devices, "lxc", 1);
    return to_text(document);
}

std::string vm_xml(const range::MachineSpec& spec, const VmFiles& files, const std::string& accel) {
    return vm_document(spec, files, accel, "vm");
}

std::string golden_xml(const range::MachineSpec& spec, const VmFiles& files, const std::string& accel) {
    return vm_document(spec, files, accel, golden_kind);
}

namespace {

std::string vm_document(const range::MachineSpec& spec, const VmFiles& files, const std::string& accel,
                        const char* kind) {
    const bool kvm = accel == "kvm";
    pugi::xml_document document;
    auto domain = add(document, "domain", {{"type", kvm ? "kvm" : "qemu"}});
    begin(domain, spec, kind);
    auto sysinfo = add(domain, "sysinfo", {{"type", "fwcfg"}});
    // As files, because a command line is there for all to read.
    add(sysinfo, "entry", {{"name", "opt/testudo/machine"}, {"file", files.machine.string()}});
    add(sysinfo, "entry", {{"name", "opt/testudo/secret"}, {"file", files.secret.string()}});
    auto os = add(domain, "os");
    add_text(os, "type", "hvm", {{"arch", "x86_64"}, {"machine", "q35"}});
    if (files.kernel.empty()) {
        add(os, "boot", {{"dev", "hd"}});
    } else {
        add_text(os, "kernel", files.kernel.string());
        add_text(os, "initrd", files.initrd.string());
        add_text(os, "cmdline", files.cmdline);
    }
    auto features = add(domain, "features");
    add(features, "acpi");
    if (kvm)
        add(domain, "cpu", {{"mode", "host-passthrough"}});
    else // left alone, the translation cache grows to several times the guest's memory
        add_text(add(features, "tcg"), "tb-cache", "64", {{"unit", "MiB"}});
    add(domain, "clock", {{"offset", "utc"}});
    end_when_stopped(domain);
    auto devices = add(domain, "devices");
    add_disk(devices, files.disk, "qcow2", "vda", false);
    add_disk(devices, files.agent, "raw", "vdb", true);
    if (kind == golden_kind)
        add_slots(devices);
    if (!files.seed.empty())
        add_disk(devices, files.seed, "raw", "vdc", true);
    add(devices, "controller", {{"type", "usb"}, {"model", "none"}});
    add_interfaces(devices, spec, true);
    auto serial = add(devices, "serial", {{"type", "pty"}});
    add(serial, "target", {{"port", "0"}});
    add_console(devices, "serial", 0);
    auto channel = add(devices, "channel", {{"type", "unix"}});
    add(channel, "target", {{"type", "virtio"}, {"name", agent_port}});
    // Nobody listens: whoever looks at it is handed to QEMU as an open socket.
    add(add(devices, "graphics", {{"type", "vnc"}}), "listen", {{"type", "none"}});
    add(add(devices, "video"), "model", {{"type", "vga"}, {"vram", "4096"}});
    add(devices, "memballoon", {{"model", "none"}});
    auto rng = add(devices, "rng", {{"model", "virtio"}});
    add_text(rng, "backend", "/dev/urandom", {{"model", "random"}});
    return to_text(document);
}

pugi::xml_node own_disk(pugi::xml_node domain) {
    return domain.child("devices").find_child([](const pugi::xml_node& node) {
        return node.name() == std::string_view("disk") &&
               node.child("target").attribute("dev").value() == std::string_view("vda");
    });
}

void replace(pugi::xml_node domain, const char* name, const std::string& text) {
    while (domain.remove_child(name))
        ;
    if (!text.empty())
        add_text(domain, name, text);
}

} // namespace

Result<std::string> revived_xml(const std::string& saved, const range::MachineSpec& spec, const VmFiles& files) {
    pugi::xml_document document;
    document.load_buffer(saved.data(), saved.size());
    auto domain = document.child("domain");
    auto disk = own_disk(domain);
    if (!disk)
        return fail("save-image.unknown", spec.mark.object, "the saved state describes no machine with a disk vda");
    replace(domain, "name", spec.name);
    replace(domain, "uuid", spec.uuid);
    replace(domain, "title", spec.title);
    while (domain.remove_child("metadata"))
        ;
    add_metadata(domain, {spec.mark, "vm"});
    disk.child("source").attribute("file") = files.disk.c_str();
    disk.remove_child("backingStore");
    for (auto entry : domain.child("sysinfo").children("entry"))
        entry.attribute("file") =
            (entry.attribute("name").value() == std::string_view("opt/testudo/secret") ? files.secret : files.machine)
                .c_str();
    // Sockets and terminals are made anew, under the new name.
    for (const auto* device : {"channel", "serial", "console"})
        for (auto node : domain.child("devices").children(device))
            node.remove_child("source");
    return to_text(document);
}

std::string nic_xml(const range::MachineSpec::Nic& nic) {
    pugi::xml_document document;
    add_interface(document, nic, true);
    return to_text(document);
}

std::vector<std::filesystem::path> disk_layers(const std::string& text) {
    pugi::xml_document document;
    document.load_buffer(text.data(), text.size());
    std::vector<std::filesystem::path> layers;
    for (auto layer = own_disk(document.child("domain")); layer && layer.child("source");
         layer = layer.child("backingStore"))
        layers.emplace_back(layer.child("source").attribute("file").value());
    return layers;
}

std::string snapshot_xml(const std::filesystem::path& state, const std::filesystem::path& layer) {
    pugi::xml_document document;
    auto snapshot = add(document, "domainsnapshot");
    add(snapshot, "memory", {{"snapshot", "external"}, {"file", state.string()}});
    auto disks = add(snapshot, "disks");
    auto disk = add(disks, "disk", {{"name", "vda"}, {"snapshot", "external"}});
    add(disk, "driver", {{"type", "qcow2"}});
    add(disk, "source", {{"file", layer.string()}});
    add(disks, "disk", {{"name", "vdb"}, {"snapshot", "no"}});
    return to_text(document);
}

} // namespace testudo::libvirt
