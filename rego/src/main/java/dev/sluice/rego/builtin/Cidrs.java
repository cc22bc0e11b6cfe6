package dev.sluice.rego.builtin;

import dev.sluice.rego.value.ArrayValue;
import dev.sluice.rego.value.BooleanValue;
import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.ObjectValue;
import dev.sluice.rego.value.SetValue;
import dev.sluice.rego.value.StringValue;
import dev.sluice.rego.value.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Networks: {@code net.cidr_*}. Nothing here asks the network. */
final class Cidrs {
    /** Roughly the bytes that an address takes with its place in the set. */
    private static final int EXPANDED_ELEMENT = 120;

    private static final int MAX_EXPANDED = 1 << 18;
    private static final String CIDRS =
            "any<string, array[any<string, array[any]>], object[string: any<string, array[any]>], set[any<string, array[any]>]>";

    private Cidrs() {}

    /**
     * A network.
     *
     * @param address the address as given, which may have bits beyond the prefix
     */
    private record Network(Address address, int prefix) {
        BigInteger first() {
            int host = address.bits() - prefix;
            return address.value().shiftRight(host).shiftLeft(host);
        }

        BigInteger last() {
            return first().add(BigInteger.ONE.shiftLeft(address.bits() - prefix))
                    .subtract(BigInteger.ONE);
        }

        boolean contains(Address other) {
            return other.bits() == address.bits()
                    && other.value().compareTo(first()) >= 0
                    && other.value().compareTo(last()) <= 0;
        }

        Network masked() {
            return new Network(new Address(address.bits(), first()), prefix);
        }

        @Override
        public String toString() {
            return address + "/" + prefix;
        }
    }

    static void declare(Registry registry) {
        registry.add(
                "net.cidr_contains",
                "(cidr: string, cidr_or_ip: string) -> result: boolean",
                (_, args) -> BooleanValue.of(contains(args[0], args[1])));
        registry.add(
                "net.cidr_overlap",
                "(string, string) -> boolean",
                (_, args) -> BooleanValue.of(contains(args[0], args[1])));
        registry.add("net.cidr_intersects", "(cidr1: string, cidr2: string) -> result: boolean", (_, args) -> {
            Network one = network(args[0]);
            Network other = network(args[1]);
            return BooleanValue.of(one.contains(other.masked().address())
                    || other.contains(one.masked().address()));
        });
        registry.add(
                "net.cidr_is_valid",
                "(cidr: string) -> result: boolean",
                (_, args) -> BooleanValue.of(args[0] instanceof StringValue text && parse(text.value()) != null));
        registry.add("net.cidr_expand", "(cidr: string) -> hosts: set[string]", Cidrs::expand);
        registry.add(
                "net.cidr_merge", "(addrs: any<array[any<string>], set[string]>) -> output: set[string]", Cidrs::merge);
        registry.add(
                "net.cidr_contains_matches",
                "(cidrs: " + CIDRS + ", cidrs_or_ips: " + CIDRS + ") -> output: set[array<any, any>]",
                Cidrs::matches);
    }

    private static @Nullable Network parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return null;
        }
        String name = text.substring(0, slash);
        String digits = text.substring(slash + 1);
        Address address = name.indexOf(':') >= 0 ? Address.six(name) : Address.four(name);
        if (address == null
                || digits.isEmpty()
                || digits.length() > 3
                || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return null;
        }
        int prefix = Integer.parseInt(digits);
        if (prefix > address.bits()) {
            return null;
        }
        boolean mapped =
                address.bits() == 128 && prefix >= 96 && address.unmapped().bits() == 32;
        return mapped ? new Network(address.unmapped(), prefix - 96) : new Network(address, prefix);
    }

    private static Network network(Value value) throws BuiltinException {
        String text = Operands.string(new Value[] {value}, 0);
        Network network = parse(text);
        if (network == null) {
            throw BuiltinException.value("invalid CIDR address: " + text);
        }
        return network;
    }

    private static boolean contains(Value whole, Value part) throws BuiltinException {
        Network network = network(whole);
        String text = Operands.string(new Value[] {part}, 0);
        Address address = Address.parse(text);
        if (address != null) {
            return network.contains(address);
        }
        Network inner = parse(text);
        if (inner == null) {
            throw BuiltinException.value("not a valid textual representation of an IP address or CIDR: " + text);
        }
        return network.contains(inner.masked().address())
                && network.contains(new Address(inner.address().bits(), inner.last()));
    }

    private static Value expand(CallContext ctx, Value[] args) throws BuiltinException {
        Network network = network(args[0]);
        if (network.address().bits() - network.prefix() > Integer.numberOfTrailingZeros(MAX_EXPANDED)) {
            throw BuiltinException.value("network of more than " + MAX_EXPANDED + " addresses");
        }
        SetValue.Builder addresses = SetValue.builder();
        int count = 1 << (network.address().bits() - network.prefix());
        ctx.reserve((long) EXPANDED_ELEMENT * count);
        for (int i = 0; i < count; i++) {
            if ((i & 0xff) == 0) {
                ctx.checkDeadline();
            }
            BigInteger value = network.first().add(BigInteger.valueOf(i));
            addresses.add(StringValue.of(new Address(network.address().bits(), value).toString()));
        }
        return addresses.build();
    }

    /** An entry of a collection of networks: its text, and the index or key by which the result names it. */
    private record Named(Value cidr, Value name) {}

    private static List<Named> named(Value operand, int position) throws BuiltinException {
        List<Named> named = new ArrayList<>();
        switch (operand) {
            case StringValue text -> named.add(new Named(text, text));
            case ArrayValue array -> {
                for (int i = 0; i < array.size(); i++) {
                    named.add(new Named(cidr(array.get(i), position), NumberValue.of(i)));
                }
            }
            case SetValue set -> {
                for (Value element : set) {
                    named.add(new Named(cidr(element, position), element));
                }
            }
            case ObjectValue object -> {
                for (ObjectValue.Entry entry : object.entries()) {
                    named.add(new Named(cidr(entry.value(), position), entry.key()));
                }
            }
            default -> {}
        }
        return named;
    }

    private static Value cidr(Value element, int position) throws BuiltinException {
        if (element instanceof StringValue) {
            return element;
        }
        if (element instanceof ArrayValue array && array.size() > 0) {
            return array.get(0);
        }
        throw BuiltinException.value("operand " + position + ": element must be string or non-empty array");
    }

    private static Value matches(CallContext ctx, Value[] args) throws BuiltinException {
        SetValue.Builder pairs = SetValue.builder();
        List<Named> inner = named(args[1], 2);
        for (Named whole : named(args[0], 1)) {
            ctx.checkDeadline();
            for (Named part : inner) {
                if (contains(whole.cidr(), part.cidr())) {
                    pairs.add(ArrayValue.of(whole.name(), part.name()));
                }
            }
        }
        return pairs.build();
    }

    /** A range of addresses; the network it came from, as long as it was not joined with another. */
    private record Range(
            int bits,
            BigInteger first,
            BigInteger last,
            @Nullable Network origin) {}

    private static Value merge(CallContext ctx, Value[] args) throws BuiltinException {
        Iterable<Value> elements = switch (args[0]) {
            case ArrayValue array -> array;
            case SetValue set -> set;
            default -> throw BuiltinException.value("operand must be an array");
        };
        List<Range> ranges = new ArrayList<>();
        for (Value element : elements) {
            Network network = mergeable(element);
            ranges.add(new Range(network.address().bits(), network.first(), network.last(), network));
        }
        ranges.sort(
                Comparator.comparingInt(Range::bits).thenComparing(Range::last).thenComparing(Range::first));
        for (int i = ranges.size() - 1; i > 0; i--) {
            Range upper = ranges.get(i);
            Range lower = ranges.get(i - 1);
            BigInteger before = upper.first().subtract(BigInteger.ONE).max(BigInteger.ZERO);
            if (upper.bits() == lower.bits() && before.compareTo(lower.last()) <= 0) {
                ranges.set(i - 1, new Range(upper.bits(), lower.first().min(upper.first()), upper.last(), null));
                ranges.remove(i);
            }
        }
        SetValue.Builder merged = SetValue.builder();
        for (Range range : ranges) {
            Network origin = range.origin();
            if (origin != null) {
                merged.add(StringValue.of(origin.toString()));
            } else {
                addNetworks(range, merged);
            }
        }
        return merged.build();
    }

    /** A network; a bare IPv4 address stands for the network of its class, as in Go's {@code DefaultMask}. */
    private static Network mergeable(Value element) throws BuiltinException {
        if (!(element instanceof StringValue text)) {
            throw BuiltinException.value("element must be string");
        }
        Address address = Address.parse(text.value());
        if (address == null) {
            return network(element).masked();
        }
        if (address.bits() != 32) {
            throw BuiltinException.value("IPv6 invalid: needs prefix length");
        }
        int first = address.value().shiftRight(24).intValue();
        return new Network(address, first < 128 ? 8 : first < 192 ? 16 : 24);
    }

    private static void addNetworks(Range range, SetValue.Builder networks) {
        BigInteger from = range.first();
        BigInteger end = range.last().add(BigInteger.ONE);
        while (from.compareTo(end) < 0) {
            int aligned = from.signum() == 0 ? range.bits() : Math.min(from.getLowestSetBit(), range.bits());
            int size = Math.min(aligned, end.subtract(from).bitLength() - 1);
            networks.add(StringValue.of(new Network(new Address(range.bits(), from), range.bits() - size).toString()));
            from = from.add(BigInteger.ONE.shiftLeft(size));
        }
    }
}
