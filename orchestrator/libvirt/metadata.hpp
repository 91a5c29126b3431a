#pragma once
#include <optional>
#include <pugixml.hpp>
#include <string>

#include "orchestrator/range/hypervisor.hpp"

namespace testudo::libvirt {

// The mark as an element of a libvirt object's <metadata>:
//   <testudo:object xmlns:testudo="..." kind="container" exercise=".." object=".." plan=".." spec=".."/>
inline constexpr const char* metadata_namespace = "https://testudo.example/xmlns/object/1";

struct Marked {
    range::Mark mark;
    std::string kind; // "network", "container", "vm"
};

void add_metadata(pugi::xml_node object, const Marked& marked);
// From a whole <network> or <domain>, or from the element alone; empty if it carries no mark of ours.
std::optional<Marked> read_metadata(const std::string& xml);

// The document as text, without declaration.
std::string to_text(const pugi::xml_document& document);

} // namespace testudo::libvirt
