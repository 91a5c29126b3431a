#include "orchestrator/libvirt/metadata.hpp"

#include <cstring>
#include <sstream>

namespace testudo::libvirt {
namespace {

// libvirt may give the namespace another prefix than we did, so the local name counts, and the namespace that its
// prefix is bound to on the element itself.
bool is_ours(const pugi::xml_node& node) {
    const std::string name = node.name();
    const auto colon = name.find(':');
    const auto prefix = colon == std::string::npos ? std::string() : name.substr(0, colon);
    const auto local = colon == std::string::npos ? name : name.substr(colon + 1);
    const auto bound = prefix.empty() ? std::string("xmlns") : "xmlns:" + prefix;
    const auto* uri = node.attribute(bound.c_str()).value();
    // virDomainGetMetadata gives the element without its namespace, having searched by it.
    return local == "object" &&
           (std::strcmp(uri, metadata_namespace) == 0 || (*uri == '\0' && !node.parent().parent()));
}

} // namespace

void add_metadata(pugi::xml_node object, const Marked& marked) {
    auto element = object.append_child("metadata").append_child("testudo:object");
    element.append_attribute("xmlns:testudo") = metadata_namespace;
    element.append_attribute("kind") = marked.kind.c_str();
    element.append_attribute("exercise") = marked.mark.exercise.c_str();
    element.append_attribute("object") = marked.mark.object.c_str();
    element.append_attribute("plan") = marked.mark.plan.c_str();
    element.append_attribute("spec") = marked.mark.spec.c_str();
}

std::optional<Marked> read_metadata(const std::string& xml) {
    pugi::xml_document document;
    if (!document.load_buffer(xml.data(), xml.size()))
        return {};
    auto element = document.document_element();
    if (!is_ours(element)) {
        element = document.document_element().child("metadata").find_child(is_ours);
        if (!element)
            return {};
    }
    const auto text = [&](const char* name) { return std::string(element.attribute(name).value()); };
    return Marked{{text("exercise"), text("object"), text("plan"), text("spec")}, text("kind")};
}

std::string to_text(const pugi::xml_document& document) {
    std::ostringstream out;
    document.save(out, "  ", pugi::format_indent | pugi::format_no_declaration);
    return out.str();
}

} // namespace testudo::libvirt
