#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/range/goal.hpp"

namespace testudo::range {

// One thing to do, and why. Steps are made from values alone, so what will be done can be printed before it is.
struct Step {
    enum class Act {
        remove_machine,
        remove_network,
        create_network,
        create_machine,
        join_network,
        make_ready,
        keep_machine
    };
    Act act = Act::create_network;
    std::string object;                                    // Segment::id or Machine::id
    std::string name;                                      // the hypervisor's
    plan::MachineKind kind = plan::MachineKind::container; // of machines
    std::string reason;
    std::vector<std::size_t> after;  // steps that have to succeed before; all are earlier in the list
    std::optional<Observed> removed; // of remove_*
    std::string snapshot = {};       // of keep_machine; of create_machine and make_ready: what it is made from
};

// From what is there to what is planned. An object of ours that is as planned is kept; a machine that is kept still has
// the step make_ready, which changes nothing if its agent is reached and has done its work. One that stands on another
// host than its own is removed there before its agent is asked. What belongs on a lost host (by Host::id, with the
// reason) is left as it is, wherever it stands.
using LostHosts = std::map<std::string, std::string>;
std::vector<Step> steps_up(const Goal& goal, const std::vector<Observed>& observed, const LostHosts& lost = {});
// Machine::id of those that steps_up leaves out.
std::vector<std::string> machines_on(const LostHosts& lost, const Goal& goal);
// Removes everything of the exercise, machines before networks; nothing of other exercises.
std::vector<Step> steps_down(std::string_view exercise, const std::vector<Observed>& observed);
// Removes these machines, wherever they stand, and makes them anew, from this snapshot if there is one; networks and
// other machines stay as they are.
std::vector<Step> steps_reset(const Goal& goal, const std::vector<Observed>& observed,
                              const std::set<std::string>& machines, const std::string& snapshot = "",
                              const LostHosts& lost = {});
std::vector<Step> steps_keep(const Goal& goal, const std::set<std::string>& machines, const std::string& snapshot);

// What a list of steps comes to for one object, for people: its removal and its creation are one change.
struct Change {
    enum class Kind { made, made_anew, removed };
    Kind kind = Kind::made;
    bool machine = false; // or a network
    std::string object;
    std::string reason;
};
// In the order of the steps; machines that are only asked whether they are ready are left out.
std::vector<Change> changes_of(const std::vector<Step>& steps);
std::string_view word_of(Change::Kind kind); // "made anew"

std::string_view name_of(Step::Act act); // "create-machine"
// "create machine portal@north: it is missing"
std::string describe(const Step& step);

} // namespace testudo::range
