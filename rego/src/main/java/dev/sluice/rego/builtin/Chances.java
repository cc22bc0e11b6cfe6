package dev.sluice.rego.builtin;

import dev.sluice.rego.value.NumberValue;
import dev.sluice.rego.value.StringValue;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * {@code rand.intn} and {@code uuid.rfc4122}. What they give is drawn from the instant of the evaluation and the key, so
 * that equal requests still give equal results; a result that used them holds for that instant only.
 */
final class Chances {
    private Chances() {}

    static void declare(Registry registry) {
        registry.addNondeterministic("rand.intn", "(str: string, n: number) -> y: number", (ctx, args) -> {
            String key = Operands.string(args, 0);
            BigInteger bound = Operands.bigInteger(args, 1).abs();
            if (bound.signum() == 0) {
                return NumberValue.ZERO;
            }
            byte[] drawn = drawn(ctx, "rand", key);
            return NumberValue.of(new BigInteger(1, drawn).mod(bound));
        });
        registry.addNondeterministic("uuid.rfc4122", "(k: string) -> output: string", (ctx, args) -> {
            byte[] drawn = drawn(ctx, "uuid", Operands.string(args, 0));
            drawn[6] = (byte) ((drawn[6] & 0x0f) | 0x40);
            drawn[8] = (byte) ((drawn[8] & 0x3f) | 0x80);
            String hex = HexFormat.of().formatHex(drawn, 0, 16);
            return StringValue.of(hex.substring(0, 8) + "-" + hex.substring(8, 12) + "-" + hex.substring(12, 16) + "-"
                    + hex.substring(16, 20) + "-" + hex.substring(20));
        });
    }

    private static byte[] drawn(CallContext ctx, String what, String key) {
        ctx.changesAt(ctx.nowNanos() + 1);
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(GoBytes.of(what));
            digest.update(ByteBuffer.allocate(8).putLong(ctx.nowNanos()).array());
            return digest.digest(GoBytes.of(key));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
