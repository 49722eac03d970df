/**
 * Whether one number is a multiple of another, as decimals: as they stand in canonical JSON, where
 * 0.3 is three times 0.1. In the binary fractions that a machine computes with it is not.
 */

/** A decimal: digits × 10^exponent. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

const decimalOf = (value: number): Decimal => {
  const [mantissa = '', power = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
};

/** isMultiple asks whether a number is a whole number of units; the unit is above zero. */
export const isMultiple = (unit: number): ((value: number) => boolean) => {
  const { digits, exponent } = decimalOf(unit);
  return (value) => {
    if (Number.isInteger(value) && Number.isInteger(unit)) return value % unit === 0;
    if (!Number.isFinite(value)) return false;
    const decimal = decimalOf(value);
    // Both as whole numbers of the smaller power of ten: at most some 700 digits.
    const least = Math.min(decimal.exponent, exponent);
    const scaled = decimal.digits * 10n ** BigInt(decimal.exponent - least);
    return scaled % (digits * 10n ** BigInt(exponent - least)) === 0n;
  };
};
