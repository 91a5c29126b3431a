#include "orchestrator/template/codes/codes.hpp"

namespace testudo::template_ {

std::vector<Code> who_codes() {
    return {
        {"T0401", "not a nation's code",
         "Nations are written as ISO 3166-1 alpha-3 codes; nations of the exercise only are XAA to XZZ.",
         "Take the code that the hint proposes.", "nation-unknown"},
        {"T0402", "a blue team without a nation",
         "Who may see what is decided by nations, so a team that defends has at least one.",
         "Give it `nations:`; a team of no real nation has one from XAA to XZZ.", "nation-none"},
        {"T0403", "a team called `reference`",
         "That name belongs to the reference copy, which tells our faults from a team's.", "Choose another name.",
         "names-kept"},
        {"T0404", "no blue team", "Somebody must defend, or there is nothing to provision and nothing to score.",
         "Add a team with `colour: blue`.", "teams-none"},

        // --- groups of nations
        {"T1103", "a group with the code of a nation", "In a list of nations the two could not be told apart.",
         "Give the group another name.", "groups"},
        {"T1104", "not a day", "Groups change, so each says on which day its members were these.",
         "Write year, month and day: 2026-01-31.", "groups"},
        {"T1105", "warning: a code that is read as another",
         "Codes that are in other lists, or were once in the standard, are taken for the nation that is meant.",
         "Write the code of ISO 3166-1 that the hint names.", "nation-unknown"},

        // --- labels
        {"T1121", "not a label",
         "A label is a policy, a classification, `REL` or `ONLY` with nations or groups, and a colour of the Traffic "
         "Light Protocol; any of them may be missing, but what stands there must be one of them.",
         "Write for example `EXERCISE RESTRICTED REL EST FIN TLP:AMBER`.", "labels"},
        {"T1122", "a part that is above the whole",
         "The exercise's label is the most that any part of it may have: whoever may see the exercise would else miss "
         "a part of it, or a nation would get what the exercise is not released for.",
         "Raise the exercise's label, or lower the part's.", "labels"},
        {"T1123", "labels of two policies",
         "What is secret to one may be restricted to another; nobody can compare them.",
         "Use the policy of the exercise's label.", "labels"},
        {"T1124", "not released to a nation that must see it",
         "A team works on its own machines and reads its messages, and with it all nations that it is made of.",
         "Add the nation to the label, or give the machine or message to others.", "labels"},
        {"T1125", "parts without a common label",
         "The exercise has no label of its own, so it has the strictest of its parts; but these have several policies, "
         "or "
         "there is no nation that may have them all.",
         "Label the exercise.", "labels-apart"},
        {"T1126", "a part without a label, in an exercise of several nations",
         "Where some parts have a label, one without may have been forgotten, and would be seen by all.",
         "Label the exercise, which then holds for all parts without one, or label the part.", "labels-missing"},

        // --- hosts
        {"T1151", "not the address of a libvirt daemon", "It is a URI, which has `://` in it.",
         "Write `qemu:///system`, or `qemu+ssh://USER@HOST/system`.", "hosts"},
        {"T1152", "a host of which nothing is left", "All of its memory is kept free, so no machine could run on it.",
         "Lower `reserve`.", "hosts"},
        {"T1153", "not a team or a nation of a team",
         "`for` of a host names teams, nations or groups that take part; a quota holds for the first nation of a team.",
         "Take the name that the hint proposes.", "hosts"},
        {"T1154", "a machine that no host takes",
         "No host takes machines of that team and classification, or none of those has enough memory for the largest.",
         "Change `for`, `highest` or `memory` of a host, or make the machine smaller.", "hosts-homeless"},
        {"T1155", "more machines than the hosts carry",
         "The machines that are named may run on those hosts only, and need more than these have. What a host keeps "
         "free is not counted.",
         "Add a host, open another to these teams, or make the machines smaller.", "hosts-crowded"},
        {"T1156", "more machines than a nation's quota",
         "The sum in the message is over the teams with that first nation.",
         "Raise the quota, or make the machines smaller.", "hosts"},
        {"T1158", "machines find no place on the hosts",
         "All fit by the sum, but a machine is on one host whole, and no way was found to put each on a host that "
         "takes it.",
         "Give a host more, or make machines smaller. `testudo plan` of what does fit shows who is where, and why.",
         "hosts-whole"},
    };
}

} // namespace testudo::template_
