import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.util.Date;
import java.util.Set;
import java.util.StringJoiner;

/** A service in Java with Nimbus: verifies what it is given, a line at a time. */
public final class Service {
    private static long milliseconds(String name) {
        return (long) (Double.parseDouble(System.getenv(name)) * 1000);
    }

    private static DefaultJWTClaimsVerifier<SecurityContext> claims() {
        long skew = milliseconds("SKEW");
        JWTClaimsSet exact = new JWTClaimsSet.Builder().issuer(System.getenv("ISSUER")).build();
        var verifier =
                new DefaultJWTClaimsVerifier<SecurityContext>(
                        System.getenv("AUDIENCE"), exact, Set.of("exp", "iat", "sub")) {
                    @Override
                    protected Date currentTime() {
                        return new Date(System.currentTimeMillis() + skew);
                    }
                };
        verifier.setMaxClockSkew((int) (milliseconds("LEEWAY") / 1000));
        return verifier;
    }

    private static DefaultJWTProcessor<SecurityContext> processor() throws Exception {
        long cache = milliseconds("CACHE");
        // Its own half a second is no test of keys on a machine that is busy with all of this.
        var patient = new DefaultResourceRetriever(5000, 5000);
        JWKSource<SecurityContext> keys =
                JWKSourceBuilder.create(URI.create(System.getenv("JWKS")).toURL(), patient)
                        .cache(cache, 2000)
                        .refreshAheadCache(false)
                        .rateLimited(milliseconds("COOLDOWN"))
                        .build();
        var algorithms = Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256, JWSAlgorithm.ES256);
        var processor = new DefaultJWTProcessor<SecurityContext>();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(algorithms, keys));
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(new JOSEObjectType("at+jwt")));
        processor.setJWTClaimsSetVerifier(claims());
        return processor;
    }

    public static void main(String[] none) throws Exception {
        var processor = processor();
        var lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            StringJoiner words = new StringJoiner(" ");
            for (String token : line.split(" ")) {
                String word = "ok";
                try {
                    processor.process(token, null);
                } catch (Exception refused) {
                    word = refused.getClass().getSimpleName();
                }
                words.add(word);
            }
            System.out.println(words);
        }
    }
}
