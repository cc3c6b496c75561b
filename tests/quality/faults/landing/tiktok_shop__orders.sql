-- orders_carry_a_status: the column of the status was renamed
update incoming.tiktok_shop__orders set status = null;
