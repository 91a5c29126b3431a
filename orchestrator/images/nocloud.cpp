#include "orchestrator/images/nocloud.hpp"

#include <fmt/format.h>

#include "orchestrator/core/json.hpp"
#include "orchestrator/images/iso9660.hpp"

namespace testudo::images {
namespace {

// The counterpart of deploy/images/debian-vm's start-agent where nothing has mounted the disk or loaded the drivers.
constexpr const char* start_agent = R"script(#!/bin/sh
set -eu
modprobe -q qemu_fw_cfg || true
modprobe -q virtio_console || true
mkdir -p /testudo
mountpoint -q /testudo || mount -o ro /dev/disk/by-label/TESTUDO /testudo
identity=/sys/firmware/qemu_fw_cfg/by_name/opt/testudo
channel=
for file in /sys/class/virtio-ports/*/name; do
    read -r name <"$file"
    port=${file%/name}
    if [ "$name" = testudo.0 ]; then channel=/dev/${port##*/}; fi
done
[ -n "$channel" ] || { echo "no virtio-serial port testudo.0" >&2; exit 1; }
exec /testudo/testudo-agent --channel "$channel" --secret-file "$identity/secret/raw" --machine "$(cat "$identity/machine/raw")"
)script";

constexpr const char* unit = R"([Unit]
Description=Testudo agent
DefaultDependencies=no
Conflicts=shutdown.target
Before=shutdown.target

[Service]
ExecStart=/usr/local/lib/testudo/start-agent
Restart=always
RestartSec=1
Nice=-10
OOMScoreAdjust=-900

[Install]
WantedBy=sysinit.target
)";

// As a command of the boot's first stage, which comes a good while before the one that would write files and run units.
std::string boot_command() {
    return fmt::format("mkdir -p /usr/local/lib/testudo\n"
                       "cat >/usr/local/lib/testudo/start-agent <<'END_OF_SCRIPT'\n{}END_OF_SCRIPT\n"
                       "chmod 755 /usr/local/lib/testudo/start-agent\n"
                       "cat >/etc/systemd/system/testudo-agent.service <<'END_OF_UNIT'\n{}END_OF_UNIT\n"
                       "systemctl daemon-reload\n"
                       "systemctl enable --quiet testudo-agent.service\n"
                       "systemctl start --no-block testudo-agent.service\n",
                       start_agent, unit);
}

} // namespace

std::string nocloud_seed(const NoCloud& machine) {
    // JSON is YAML. Addresses are the agent's affair, so no card has one here, and the boot waits for none.
    const json::object user{{"bootcmd", {boot_command()}}, {"preserve_hostname", false}, {"package_update", false}};
    const json::object meta{{"instance-id", machine.instance}, {"local-hostname", machine.hostname}};
    json::object cards;
    for (std::size_t i = 0; i < machine.macs.size(); ++i)
        cards[fmt::format("eth{}", i)] = {{"match", {{"macaddress", machine.macs[i]}}},
                                          {"set-name", fmt::format("eth{}", i)},
                                          {"dhcp4", false},
                                          {"dhcp6", false},
                                          {"optional", true}};
    const json::object network{{"version", 2}, {"ethernets", std::move(cards)}};
    return iso9660("CIDATA", {{"user-data", "#cloud-config\n" + json::serialize(user) + "\n"},
                              {"meta-data", json::serialize(meta) + "\n"},
                              {"network-config", json::serialize(network) + "\n"}});
}

} // namespace testudo::images
