#pragma once
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/core/json.hpp"

namespace testudo::agents {

// Everything that turns a fresh copy of an image into one particular machine of the range.
struct PersonaliseSpec {
    struct Interface {
        std::string name; // renamed to this if the kernel calls it otherwise
        std::string mac;  // found by this
        std::string ipv4; // with prefix length; "" if none
        std::string ipv6;
    };
    struct Route {
        std::string to;
        std::string via;
    };
    struct User {
        std::string name;
        std::string password;
        bool admin = false;
    };
    struct File {
        std::string path;
        std::string content;
        std::string mode = "0644";
        std::string owner = "root"; // "user" or "user:group"
    };

    std::string hostname;
    std::vector<std::pair<std::string, std::string>> hosts; // address, name
    std::vector<Interface> interfaces;
    std::vector<Route> routes;
    bool forwards = false;
    std::string nftables;
    std::vector<User> users;
    std::vector<File> files;
    std::vector<std::string> setup;
    std::vector<std::string> services;
    std::vector<std::string> reach;
};

// With "hash", the SHA-256 of everything else.
json::object to_json(const PersonaliseSpec& spec);
std::string hash_of(const PersonaliseSpec& spec);
// Refuses a spec whose hash does not fit it, so that half a spec is never put in place.
Result<PersonaliseSpec> personalise_spec_from_json(const json::object& object);

} // namespace testudo::agents
