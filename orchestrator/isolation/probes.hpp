#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "orchestrator/plan/plan.hpp"

namespace testudo::isolation {

// Something outside of the range that really is there, so that it would answer: "the controller", "its gateway".
struct Outside {
    std::string what;
    std::string address;
    std::uint16_t port = 0; // of TCP; 0: an echo
};

struct Probe {
    enum class Kind {
        strangers, // who is on a segment: nobody but its own machines
        team,      // from one team's machine to another team's segment: closed
        outside,   // to the controller, its host, and what lies beyond: closed
        forgery,   // frames of one machine with others' addresses to its neighbour: they do not arrive
        listening, // a third machine beside these two: it sees nothing of what is for the neighbour
        path,      // of a check, or of the red team to what it attacks: open
    };
    Kind kind = Kind::strangers;
    std::string from;       // Machine::id whose agent is asked
    std::string to;         // Segment::id, Machine::id, or Outside::what
    std::string address;    // of `to`, where it is knocked at; else ""
    std::uint16_t port = 0; // of TCP; 0: an echo
    std::string why;        // for people
    std::string segment{};  // of forgery and listening: where these machines meet
    std::string frame{};    // likewise: the name of what is sent (docs/agent-protocol.md)
    bool open() const { return kind == Kind::path; }
};

std::string_view word_of(Probe::Kind kind);

// In the plan's order, so that the same plan is always asked the same. From every segment where a team has a machine,
// one probe for each other team and family: over a team's segments they come around to all segments of the other one.
std::vector<Probe> probes_of(const plan::Plan& plan, const std::vector<Outside>& outside);

} // namespace testudo::isolation
