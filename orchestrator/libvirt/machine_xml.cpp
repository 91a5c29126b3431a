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

void add_interfaces(pugi::xml_node devices, const range::MachineSpec& spec, bool virtio) {
    for (const auto& nic : spec.nics) {
        auto interface = add(devices, "interface", {{"type", "bridge"}});
        add(interface, "mac", {{"address", nic.mac}});
        add(interface, "source", {{"bridge", nic.bridge}});
        add(interface, "target", {{"dev", nic.device}});
        if (virtio)
            add(interface, "model", {{"type", "virtio"}});
    }
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
    const bool kvm = accel == "kvm";
    pugi::xml_document document;
    auto domain = add(document, "domain", {{"type", kvm ? "kvm" : "qemu"}});
    begin(domain, spec, "vm");
    auto sysinfo = add(domain, "sysinfo", {{"type", "fwcfg"}});
    // As files, because a command line is there for all to read.
    add(sysinfo, "entry", {{"name", "opt/testudo/machine"}, {"file", files.machine.string()}});
    add(sysinfo, "entry", {{"name", "opt/testudo/secret"}, {"file", files.secret.string()}});
    auto os = add(domain, "os");
    add_text(os, "type", "hvm", {{"arch", "x86_64"}, {"machine", "q35"}});
    add_text(os, "kernel", files.kernel.string());
    add_text(os, "initrd", files.initrd.string());
    add_text(os, "cmdline", files.cmdline);
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
    add(devices, "controller", {{"type", "usb"}, {"model", "none"}});
    add_interfaces(devices, spec, true);
    auto serial = add(devices, "serial", {{"type", "pty"}});
    add(serial, "target", {{"port", "0"}});
    add_console(devices, "serial", 0);
    auto channel = add(devices, "channel", {{"type", "unix"}});
    add(channel, "target", {{"type", "virtio"}, {"name", agent_port}});
    add(devices, "memballoon", {{"model", "none"}});
    auto rng = add(devices, "rng", {{"model", "virtio"}});
    add_text(rng, "backend", "/dev/urandom", {{"model", "random"}});
    return to_text(document);
}

} // namespace testudo::libvirt
