#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/core/clock.hpp"
#include "orchestrator/import/item.hpp"
#include "orchestrator/plan/address.hpp"

// What is known of a range after it was read from any format, in the words of none. A reader fills in names and values
// as they stand in the file; `finish` makes a valid template of it and gives everything its id.
namespace testudo::import_ {

struct Entry {
    std::string name; // as in the file
    Span span;
    std::string title;
    std::vector<std::string> notes; // comments
    std::vector<const Item*> origins;
    bool derived = false; // the name is none of the file's; nobody misses it
    std::string id;       // made by finish
};

struct Network : Entry {
    std::optional<plan::Prefix> ipv4;
    std::optional<plan::Prefix> ipv6;
    std::string ipv4_text; // made by finish; may hold expressions
    std::string ipv6_text;
};

struct Attachment {
    std::size_t network = 0; // index
    Span span;
    std::optional<plan::Address> ipv4;
    std::optional<plan::Address> ipv6;
    std::int64_t number = 0; // made by finish: the machine's number on the network
    std::string ipv4_text;   // made by finish: whole addresses, where a number does not say it
    std::string ipv6_text;
};

struct Service {
    std::string name;
    std::string protocol;
    int port = 0;
    std::string unit;
};

struct User {
    std::string name;
    Span span;
    std::optional<std::string> password;
    bool admin = false;
};

struct Machine : Entry {
    std::string image;
    Span image_span;
    std::string family; // what the file says of the operating system: "windows"; may be empty
    std::optional<std::int64_t> memory_mib;
    std::optional<std::int64_t> cpus;
    bool router = false;
    bool vantage = false;
    int copies = 1;
    // Made by finish: what the file calls all copies, which of them this is, and the id that they have together. The id
    // is empty where they cannot be written as one.
    std::string of_copies;
    int copy = 1;
    std::string together;
    std::vector<Attachment> on;
    std::vector<Service> serves;
    std::vector<User> users;
    std::vector<std::string> packages;
    std::vector<std::size_t> needs; // indices of machines that are ready before
    std::string kind;               // made by finish: "container" or "vm"
};

struct End {
    enum class Kind { any, network, machine };
    Kind kind = Kind::any;
    std::size_t index = 0;
};

struct Rule {
    std::size_t router = 0; // index of the machine
    bool allow = true;
    End from;
    End to;
    std::string protocol; // "", "icmp", "tcp/22", "udp/1-1024"
    std::string note;
};

struct Check : Entry {
    std::size_t machine = 0;
    std::size_t vantage = 0; // index of the machine that asks
    std::string service;     // of the machine; "" for ping
    std::string type;
    std::string path;     // http
    std::string contains; // http
};

struct Team : Entry {
    std::string colour;
    std::vector<std::string> nations;
};

struct Inject : Entry {
    std::optional<Millis> at; // none: fired by a controller
    std::string kind;         // "call", "news", "order"; a mail if empty
    std::string from;
    std::string subject;
    std::string body;
    std::string expected; // for controllers: what the team should do
    std::string objective;
    std::string controller;
    std::vector<std::size_t> to; // teams; empty: all blue ones
    bool draft = false;          // never fires
    // The report that is expected; none if `report` is empty.
    std::string report;
    Millis within{0};
    std::int64_t points = 0;
    std::string rubric = "The answer is right"; // what the points are for
    // An action instead of a message.
    std::string action;
    std::size_t on = 0;
    std::string service;
    std::size_t by = 0;
    std::string technique;
    std::vector<std::pair<std::string, std::string>> with; // values as YAML
};

struct Draft {
    std::string name;
    Span span;
    std::string title;
    std::string format; // "a containerlab topology"
    std::vector<std::string> notes;
    std::optional<Millis> duration;
    std::vector<Team> teams;
    std::vector<Network> networks;
    std::vector<Machine> machines;
    std::vector<Rule> rules;
    std::vector<Check> checks;
    std::vector<Inject> injects;
};

} // namespace testudo::import_
