#include "orchestrator/libvirt/network_xml.hpp"

#include "orchestrator/libvirt/metadata.hpp"

namespace testudo::libvirt {

std::string network_xml(const range::NetworkSpec& spec) {
    pugi::xml_document document;
    auto network = document.append_child("network");
    network.append_child("name").text() = spec.name.c_str();
    network.append_child("uuid").text() = spec.uuid.c_str();
    add_metadata(network, {spec.mark, "network"});
    auto bridge = network.append_child("bridge");
    bridge.append_attribute("name") = spec.bridge.c_str();
    // A spanning tree would hold every port back for 30 s, and there are no loops by construction.
    bridge.append_attribute("stp") = "off";
    bridge.append_attribute("delay") = "0";
    return to_text(document);
}

} // namespace testudo::libvirt
