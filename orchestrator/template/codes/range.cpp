#include "orchestrator/template/codes/codes.hpp"

namespace testudo::template_ {

std::vector<Code> range_codes() {
    return {
        // --- networks and addresses
        {"T0501", "not a network", "A network is an address and the length of its prefix.",
         "Write `198.18.1.0/24` or `2001:db8:1::/64`.", "network-addresses"},
        {"T0502", "a network outside of 198.18.0.0/15 and 2001:db8::/32",
         "Those two are kept for tests and documentation and belong to nobody, so that nothing done in a range can "
         "reach a real machine by "
         "mistake.",
         "Renumber the network into one of the two.", "network-addresses"},
        {"T0503", "bits set behind a network's length", "That is an address on a network, not the network.",
         "Write the network that the hint names.", "network-addresses"},
        {"T0504", "two networks overlap", "An address would then mean two machines.",
         "Give one of them other addresses; a network that every team has needs `{{ team.number }}` in its own.",
         "network-overlap"},
        {"T0505", "a network without addresses", "Machines on it could not be spoken to.",
         "Give it `ipv4`, `ipv6` or both.", "network-addresses"},
        {"T0506", "a name that means something else already",
         "`any`, `team` and `exercise` have meanings of their own in rules and expressions.", "Choose another name.",
         "names-kept"},
        {"T0511", "not an address",
         "It is no address of that family: four numbers with points, or IPv6 groups with colons.",
         "Correct it, or write the machine's number on the network instead.", "address-outside"},
        {"T0512", "an address outside of its network",
         "It is not in the network, or it is the network's own or its broadcast address.",
         "Choose an address, or a number, that the network has.", "address-outside"},
        {"T0513", "not a number of a machine on a network",
         "`on:` gives each network a number, such as 80, or whole addresses.",
         "Write `{ office: 80 }` or `{ office: { ipv4: .., ipv6: .. } }`.", "address-outside"},
        {"T0514", "two machines with one address",
         "Only one of them would be reached, and which one could change from minute to minute.",
         "Give one another number.", "address-twice"},
        {"T0515", "an address of a family that the network does not have", "The network has IPv4 only, or IPv6 only.",
         "Remove the address, or give the network the other family.", "address-outside"},

        // --- machines
        {"T0601", "there is no such profile", "`like:` names an entry of `profiles:`, here or in an included file.",
         "Take the name that the hint proposes, or include the file that has it.", "machine-parts"},
        {"T0602", "there is no such network", "`on:` names entries of `networks:`.",
         "Take the name that the hint proposes.", "machine-network"},
        {"T0603", "a shared machine on a network that every team has for itself",
         "A machine that is there once cannot stand on all the teams' networks: it would join them.",
         "Give the machine `per: team`, or put it on a shared network.", "machine-network"},
        {"T0604", "a service without a port", "`tcp` and `udp` have no usual port.",
         "Write `{ protocol: tcp, port: 8080 }`.", "machine-parts"},
        {"T0605", "two services of a machine on one port", "Only one of them could be started.",
         "Give one another port.", "machine-parts"},
        {"T0606", "a machine without an image", "Every machine is made from an image.",
         "Give it `image:`, or a profile that has one.", "machine-parts"},
        {"T0607", "there is no such team, or it is a blue one",
         "`team:` gives a machine to the red or another team. Blue teams all have the same machines, by `per: team`.",
         "Name a team that is not blue, or write `per: team`.", "machine-parts"},
        {"T0608", "a router on fewer than two networks", "There is nothing between which it could forward.",
         "Put it on a second network, or drop its role.", "machine-parts"},
        {"T0609", "two machines that would have one name on the host",
         "Team and machine together give the name, and hyphens can make two of them alike.", "Rename one of the two.",
         "names-kept"},
        {"T0611", "a file's path that is not absolute", "Files are written by the agent, which stands in no folder.",
         "Begin the path with `/`, and use no `..`.", "machine-parts"},
        {"T0612", "not permissions of a file",
         "Permissions are four octal digits; without quotes some readers of YAML take them for another number.",
         "Write \"0644\", in quotes.", "machine-parts"},

        // --- rules
        {"T0701", "a rule that is not understood",
         "A rule is `SOURCE -> DESTINATION`, with a service or a protocol if need be.",
         "Write for example `internet -> portal.web` or `dmz -> office tcp/22`.", "rules"},
        {"T0702", "there is no such network or machine, in a rule",
         "Both ends of a rule are networks, machines or `any`.", "Take the name that the hint proposes.", "rules"},
        {"T0703", "there is no such service, in a rule",
         "The name behind the point is one of what the machine `serves`.",
         "Take the name that the hint proposes, or name a port: `tcp/80`.", "rules"},
        {"T0704", "there is no such router", "`at:` names a machine with `role: router`.",
         "Take the name that the hint proposes.", "rules"},

        // --- machines with `count`, and what waits for what
        {"T1101", "a name that `count` makes is taken",
         "`count: 3` on `portal` makes `portal-1`, `portal-2` and `portal-3`; a check of `portal` makes as many. What "
         "`users:` use "
         "makes checks too, USERS-MACHINE-SERVICE.",
         "Rename one of the two.", "machine-count"},
        {"T1102", "too many machines", "An exercise has at most 20000, over all teams.",
         "Lower `count`; the message says what it comes to.", "machine-count-many"},
        {"T1131", "there is no such machine to wait for", "`needs:` names machines.",
         "Take the name that the hint proposes.", "machine-needs"},
        {"T1132", "a shared machine that waits for machines of teams",
         "It is there once, and which team's machine is meant cannot be said.",
         "Give the machine `per: team`, or let it need a shared one.", "machine-needs"},
        {"T1133", "machines that need each other", "None of them could be made ready first.",
         "Remove one of the needs that the message names.", "machine-needs"},
        {"T1134", "there is no such team, to see a machine or to open its console",
         "`seen_by:` and `console:` name teams, colours of teams, or `own`, the team whose machine it is; `console:` "
         "also "
         "`instructor`.",
         "Take the name that the hint proposes.", "machine-sight"},
        {"T1135", "a console for a team that may not see the machine",
         "Nobody opens the console of something that they must not know of.",
         "Add the team to `seen_by:`, or take it away from `console:`.", "machine-sight"},
        {"T1161", "not the name of a Debian package", "`packages:` names what `dpkg` knows.",
         "Correct the name: small letters, digits, `+`, `-` and `.`.", "machine-packages"},

        // --- pools
        {"T1141", "not the numbers of a pool", "A pool is the first and the last of its numbers, all on the network.",
         "Write `100-199`, inside of the network.", "network-pools"},
        {"T1142", "two pools overlap", "A number would be kept for two things.", "Move one of them.", "network-pools"},
        {"T1143", "a number of the pool `dhcp`",
         "Those are given out while the exercise runs, so that two machines could get the same address.",
         "Take a number outside of it.", "network-pools"},
        {"T1144", "there is no such pool", "`pool:` names an entry of the network's `pools:`.",
         "Take the name that the hint proposes.", "network-pools"},
        {"T1145", "a pool with too few numbers", "Each machine takes one, and those that are written are taken first.",
         "Widen the pool, or lower `count`.", "network-pools"},
        {"T1146", "not a router of that network",
         "`joined_by:` says which routers stand on the network, and this does not.",
         "Put the router on the network, or correct the name.", "network-pools"},
    };
}

} // namespace testudo::template_
