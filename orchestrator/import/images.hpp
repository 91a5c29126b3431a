#pragma once
#include <string>
#include <string_view>

namespace testudo::import_ {

// What stands in for an image of another platform.
struct StandIn {
    std::string image;     // "debian-range", "debian-vm"
    std::string kind;      // "container", "vm"
    std::string what;      // what the original was taken for: "a general Linux system"
    bool alike = true;     // false: it only holds the place, with another system
    bool forwards = false; // it is the system of a router or switch
};
// What an image of ours calls a package that other systems may call `package`, if it holds it; "" if it does not.
std::string_view held_package(std::string_view image, std::string_view package);

// Judges by the words in the image's name and by what the file says of the system ("linux", "windows"; may be empty).
StandIn stand_in(std::string_view image, std::string_view family);

} // namespace testudo::import_
